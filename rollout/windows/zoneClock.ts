import { IANAZone } from "luxon";

export const dayMs = 86_400_000;

/** A time within which a zone's clocks keep one distance from UTC. All in milliseconds. */
export interface OffsetSpan {
  /** Since the epoch, inclusive. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** What is added to UTC for the time on the wall. */
  readonly offset: number;
}

/** Clocks that were changed stay so for longer than this: Ramadan's month is the shortest that time zone data has. */
const stepMs = 4 * dayMs;

/**
 * The clocks of a zone from one moment to another, in order and without gaps.
 * @throws RangeError if this machine knows no such zone.
 */
export function offsetSpans(zone: string, start: number, end: number): OffsetSpan[] {
  const clock = IANAZone.create(zone);
  if (!clock.isValid) throw new RangeError(`${JSON.stringify(zone)} is no time zone that Node knows here`);
  // Whole milliseconds: before time zones were agreed on, offsets had seconds.
  const offsetAt = (time: number) => Math.round(clock.offset(time) * 60_000);
  const spans: OffsetSpan[] = [];
  let spanStart = start;
  let offset = offsetAt(start);
  for (let at = start; at < end; at += stepMs) {
    const next = Math.min(at + stepMs, end);
    const after = offsetAt(next);
    if (after === offset) continue;
    const change = firstWith(at, next, (time) => offsetAt(time) === after);
    spans.push({ start: spanStart, end: change, offset });
    [spanStart, offset] = [change, after];
  }
  if (spanStart < end) spans.push({ start: spanStart, end, offset });
  return spans;
}

/** The first moment above `low` for which it holds, if it holds from somewhere on up to `high`. */
function firstWith(low: number, high: number, holds: (time: number) => boolean): number {
  let [no, yes] = [low, high];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
