import { type Outcome, outcomes } from "./events";

/** Sites by outcome; every outcome has its number. */
export type Tally = Readonly<Record<Outcome, number>>;

export const emptyTally: Tally = Object.freeze(
  Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>,
);

export function counted(tally: Tally, outcome: Outcome, by: 1 | -1): Tally {
  return { ...tally, [outcome]: tally[outcome] + by };
}

/** Sites of the tally that count towards an end of their wave. */
export function total(tally: Tally): number {
  return outcomes.reduce((sum, outcome) => sum + tally[outcome], 0);
}
