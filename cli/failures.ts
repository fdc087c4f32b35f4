import { GitFailed } from "../gitops/git/run";
import { GiteaRefused, GiteaUnreachable } from "../gitops/gitea/client";
import { RemoteFailed } from "../gitops/git/remoteFailure";
import { RefMoved } from "../gitops/git/refs";
import { NotPublished } from "../gitops/promoter";
import { PublishFailed } from "../gitops/publishError";
import { LedgerUnreadable, LedgerUnwritable } from "../rollout/ledger/fileFailures";
import { LeaseLost, LedgerBroken, RolloutLocked } from "../rollout/ledger/ledger";
import { StackLocked } from "../rollout/stackRunner";
import { exitCode } from "./exitCodes";
import { UserError } from "./userError";

/** Failures that the rooms below tell people about in their own words; here they get a code and a next step. */
export function asUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    const hint = "Nothing was started. The same command goes on.";
    return new UserError("EDGE-RUN-005", "interrupted while the release was published", hint, exitCode.interrupted);
  }
  const known = (code: string, hint: string, exit: UserError["exit"]) =>
    new UserError(code, (error as Error).message, hint, exit, { cause: error });
  if (error instanceof RolloutLocked) return known("EDGE-RUN-001", "Nothing was touched.", exitCode.locked);
  if (error instanceof StackLocked) return known("EDGE-RUN-002", "Nothing was touched.", exitCode.locked);
  if (error instanceof LeaseLost) {
    return known("EDGE-RUN-003", "edgewave status shows what the other driver does.", exitCode.locked);
  }
  if (error instanceof LedgerBroken || error instanceof LedgerUnreadable) {
    return known("EDGE-RUN-004", "Nothing was touched.", exitCode.failed);
  }
  if (error instanceof LedgerUnwritable) {
    return known("EDGE-RUN-006", "Then run the same command again: it resumes.", exitCode.failed);
  }
  if (error instanceof PublishFailed || error instanceof NotPublished || error instanceof RefMoved) {
    return known(
      "EDGE-GIT-001",
      "No site was moved. Correct what the message names, then run the same command again.",
      exitCode.failed,
    );
  }
  if (error instanceof RemoteFailed) {
    // It names its code first, for those who read it in a site's outcome.
    const message = error.message.replace(`${error.code} `, "");
    return new UserError(error.code, message, error.hint, exitCode.failed, { cause: error });
  }
  if (error instanceof GiteaUnreachable) {
    return known("EDGE-HUB-002", "See to the link and the server, then run the same command again.", exitCode.failed);
  }
  if (error instanceof GiteaRefused) {
    return known("EDGE-HUB-003", "What was done before stays; the same command does the rest.", exitCode.failed);
  }
  if (error instanceof GitFailed) {
    return known("EDGE-GIT-002", "Correct what git says, then run the same command again.", exitCode.failed);
  }
  return undefined;
}
