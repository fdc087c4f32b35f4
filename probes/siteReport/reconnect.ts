import type { GateAnswer } from "../../rollout/gates/answer";
import { listOf } from "../../fleet/quote";
import { fail, inconclusive, pass } from "../answers";
import { formatMessages } from "./messages";

/** What is known of a site that was away, for the checks in their order. */
export interface Reconnection {
  /** Full id of the commit that the hub has on the site's `deploy`; undefined if nothing was promoted. */
  readonly promoted: string | undefined;
  /** What the site's own mirror has there; undefined if it has nothing. */
  readonly mirrored: string | undefined;
  /** Heads of the site's `main`: as the site says, and as the hub has it; undefined for none. */
  readonly changed: { readonly atSite: string | undefined; readonly atHub: string | undefined };
  /** What became of the changes that the hub has: how many still wait, and the branches of those that do not merge. */
  readonly taken: { readonly waiting: number; readonly conflicts: readonly string[] };
  /** What Flux says of the promoted commit. */
  readonly flux: GateAnswer;
  readonly buffer: {
    /** Messages that the hub does not have; undefined if the site could not tell. */
    readonly messages: number | undefined;
    /** Change in messages each second; undefined if the site could not tell. */
    readonly trend: number | undefined;
    /** What is on its way at any time, and so counts as empty. */
    readonly inFlight: number;
  };
}

const steps = [
  ["mirrors", mirrors],
  ["changes", changes],
  ["Flux", ({ flux }: Reconnection) => flux],
  ["buffers", buffers],
] as const;

/**
 * Verifies a site that was away, in this order: its mirrors have caught up, its changes were taken over or are listed as
 * conflicts, Flux is at the promoted commit, its buffers are empty. Pure. What comes later is not looked at before what
 * comes first has passed: while the mirror is behind, Flux cannot be where it should be.
 */
export function verifyReconnection(reconnection: Reconnection): GateAnswer {
  const passed: string[] = [];
  for (const [index, [name, check]] of steps.entries()) {
    const { answer, detail } = check(reconnection);
    if (answer !== "pass") return { answer, detail: `check ${index + 1} of ${steps.length}, ${name}: ${detail}` };
    passed.push(detail);
  }
  return pass(passed.join("; "));
}

function mirrors({ promoted, mirrored, changed }: Reconnection): GateAnswer {
  if (promoted === undefined) return inconclusive("nothing was promoted to it");
  if (mirrored !== promoted) {
    return inconclusive(`its Gitea has ${short(mirrored)} on deploy, and ${short(promoted)} is promoted`);
  }
  if (changed.atSite !== changed.atHub) {
    return inconclusive(`its main is at ${short(changed.atSite)}, and the hub has ${short(changed.atHub)}`);
  }
  return pass("the mirrors have caught up");
}

function changes({ taken: { waiting, conflicts } }: Reconnection): GateAnswer {
  if (waiting > 0) return inconclusive(`${counted(waiting, "change")} of the site wait to be taken over`);
  if (conflicts.length === 0) return pass("no change waits");
  return pass(`${counted(conflicts.length, "change")} did not merge and are listed: ${listOf(conflicts, 3)}`);
}

function buffers({ buffer: { messages, trend, inFlight } }: Reconnection): GateAnswer {
  if (messages === undefined) return inconclusive("the site could not tell what is in its buffers");
  if (messages <= inFlight) return pass("the buffers are empty");
  const left = `${formatMessages(messages)} are left`;
  if (trend === undefined) return inconclusive(left);
  if (trend >= 0) return inconclusive(`they do not drain: ${left}, and they grow by ${trend.toFixed(1)}/s`);
  return inconclusive(`draining: ${left}, for about ${Math.max(1, Math.ceil(messages / -trend / 60))} min`);
}

const short = (commit: string | undefined): string => commit?.slice(0, 10) ?? "nothing";
const counted = (count: number, word: string): string => `${count} ${count === 1 ? word : `${word}s`}`;

/** A report that says that Flux failed is a fail; everything else that is not there yet is waited for. */
export function fluxAnswer(answer: GateAnswer["answer"] | "unknown", detail: string): GateAnswer {
  if (answer === "pass") return pass(detail);
  return answer === "fail" ? fail(detail) : inconclusive(detail);
}
