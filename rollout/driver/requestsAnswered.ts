import type { StoredRequest } from "../ledger/inbox";
import { requestOf } from "../requestForm";
import { type Answer, answerRequest, type RolloutRequest } from "../requests";
import type { RolloutState } from "../state";
import type { Loop } from "./loop";
import type { RolloutRun } from "./options";

/** Carries out what other processes ask of a driver, and tells them. @returns whether any of it was recorded. */
export async function requestsAnswered(options: RolloutRun, loop: Loop): Promise<boolean> {
  const { ledger, rollout, requestsEvery } = options;
  if (requestsEvery === undefined) return false;
  let changed = false;
  for (const stored of await ledger.openRequests(rollout.name)) {
    const answer = await answerOf(options, loop.state(), stored);
    if ("events" in answer && answer.events.length > 0) {
      await loop.record(answer.events);
      changed = true;
    }
    await ledger.answerRequest(stored.id, "refused" in answer ? `refused: ${answer.refused}` : "done");
  }
  return changed;
}

async function answerOf(
  { clock, verify }: Pick<RolloutRun, "clock" | "verify">,
  state: RolloutState,
  stored: StoredRequest,
): Promise<Answer> {
  if (stored.run !== undefined && stored.run !== state.run) {
    return { refused: `it was meant for run ${stored.run}, and ${state.run} has taken its place` };
  }
  const request = requestOf(stored);
  if ("refused" in request) return request;
  const verified = await verifiedBy(verify, state, request);
  return "refused" in verified ? verified : answerRequest(state, verified, clock.now());
}

/** What cannot be checked is not done, and does not stop the driver either: its sites are at work. */
async function verifiedBy(
  verify: RolloutRun["verify"],
  state: RolloutState,
  request: RolloutRequest,
): Promise<RolloutRequest | { readonly refused: string }> {
  if (verify === undefined) return request;
  try {
    return await verify(state, request);
  } catch (error) {
    return { refused: `it could not be checked: ${error instanceof Error ? error.message : String(error)}` };
  }
}
