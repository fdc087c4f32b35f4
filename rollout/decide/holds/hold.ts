/**
 * A condition that is not met. `decide` starts nothing while there is one and `why` tells the first one: because both
 * ask here, the answer to "why is it waiting?" is the reason itself.
 */
export interface Hold {
  /** `waiting` ends by itself; `blocked` needs somebody. */
  readonly status: "waiting" | "blocked";
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When it may end by itself; undefined if time does not end it. */
  readonly until: number | undefined;
  /** For people; only made when somebody asks, because a fleet has thousands of holds that nobody looks at. */
  readonly condition: () => string;
  /** What would change it. */
  readonly remedy: string;
}

/** Needs somebody. */
export function blocked(since: number, condition: () => string, remedy: string): Hold {
  return { status: "blocked", since, until: undefined, condition, remedy };
}

/** Ends by itself. @param until when, if time ends it. */
export function waiting(since: number, condition: () => string, remedy: string, until?: number): Hold {
  return { status: "waiting", since, until, condition, remedy };
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}
