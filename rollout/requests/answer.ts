import type { RolloutEvent } from "../events";
import type { RolloutState } from "../state";

/** What a request means now: what is to be recorded, or why it cannot be done, for people. */
export type Answer = { readonly events: readonly RolloutEvent[] } | { readonly refused: string };

export function events(list: readonly RolloutEvent[]): Answer {
  return { events: list };
}

export function ended({ finished }: RolloutState): Answer {
  return { refused: `the rollout has ended as ${finished?.result ?? ""}` };
}

export function unknown(word: string, name: string, known: readonly string[]): Answer {
  return { refused: `the rollout has no ${word} ${name}${known.length === 0 ? "" : `; it has ${known.join(", ")}`}` };
}

/** A wave that the rollout does not have. */
export function unknownWave({ waves }: RolloutState, name: string): Answer {
  return unknown(
    "wave",
    name,
    waves.map(({ plan }) => plan.name),
  );
}
