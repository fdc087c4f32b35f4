import type { RolloutEvent } from "../events";
import type { RolloutState } from "../state";

/** What is told to the driver's loop. */
export type Message =
  /** A run has ended, with what it did. */
  | { readonly type: "ended"; readonly site: string; readonly events: readonly RolloutEvent[] }
  /** Something was found out about a site in the run of that token. */
  | { readonly type: "happened"; readonly site: string; readonly token: number; readonly event: RolloutEvent }
  /** Something was found out about a wave in that round of its gates. */
  | { readonly type: "happened-to-wave"; readonly wave: string; readonly round: number; readonly event: RolloutEvent }
  | { readonly type: "time"; readonly at: number }
  | { readonly type: "look-at-requests" }
  | { readonly type: "stop" }
  | { readonly type: "hard-stop" }
  | { readonly type: "lease-lost" };

/** What the driver's loop is to those who work for it. */
export interface Loop {
  state(): RolloutState;
  record(events: readonly RolloutEvent[]): Promise<void>;
  send(message: Message): void;
}

export function gone(site: string): string {
  return `site ${site} is not in the fleet any more; put its file back, or start a new rollout without it`;
}
