import type { Outcome, RolloutReopened } from "./events";
import { type Answer, ended, events } from "./requests/answer";
import { approveSite, approveWave } from "./requests/approve";
import { evidence } from "./requests/evidence";
import { rollback } from "./requests/rollback";
import { catchUp, retry } from "./requests/takeUp";
import type { RolloutState } from "./state";

export type { Answer } from "./requests/answer";
export { sitesToRetry } from "./requests/takeUp";

/** What somebody asks of a rollout, from this process or another one. `by` is who. */
export type RolloutRequest =
  | { readonly type: "pause"; readonly by: string; readonly reason?: string }
  | { readonly type: "resume"; readonly by: string }
  | { readonly type: "abort"; readonly by: string; readonly reason?: string }
  /** A wave may start, or the gate that holds it is taken as passed. Signatures have been verified before. */
  | {
      readonly type: "approve-wave";
      readonly by: string;
      readonly wave: string;
      readonly expires?: number;
      readonly signed?: { readonly text: string; readonly signature: string; readonly fingerprint: string };
    }
  /** The gate that holds a site is taken as passed. */
  | { readonly type: "approve-site"; readonly by: string; readonly site: string }
  /** Sites with one of the outcomes, or the named ones, are taken up again. The gates of named waves are asked again. */
  | {
      readonly type: "retry";
      readonly by: string;
      readonly outcomes: readonly Outcome[];
      readonly sites: readonly string[];
      readonly waves?: readonly string[];
    }
  /** Deferred sites have a link again. */
  | ({ readonly type: "catch-up"; readonly by: string } & Pick<RolloutReopened, "sites" | "frozen" | "before">)
  | { readonly type: "rollback"; readonly by: string; readonly wave?: string; readonly reason?: string }
  | {
      readonly type: "evidence";
      readonly by: string;
      readonly site: string;
      readonly result: "pass" | "fail";
      readonly detail: string;
    };

/** Pure. An answer without events means that all is so already. */
export function answerRequest(state: RolloutState, request: RolloutRequest, now: number): Answer {
  switch (request.type) {
    case "pause":
      if (state.finished !== undefined) return ended(state);
      return events(state.paused === undefined ? [{ ...optional(request), type: "paused" }] : []);
    case "resume":
      return events(state.paused === undefined ? [] : [{ type: "unpaused", by: request.by }]);
    case "abort":
      if (state.finished !== undefined) return ended(state);
      return events(state.aborting === undefined ? [{ ...optional(request), type: "abort-requested" }] : []);
    case "approve-wave":
      return approveWave(state, request, now);
    case "approve-site":
      return approveSite(state, request.site, request.by);
    case "retry":
      return retry(state, request, now);
    case "catch-up":
      return catchUp(state, request, now);
    case "rollback":
      return rollback(state, request);
    case "evidence":
      return evidence(state, request);
  }
}

function optional({ by, reason }: { readonly by: string; readonly reason?: string }) {
  return { by, ...(reason === undefined ? {} : { reason }) };
}
