import { edges, isOpen, type Rules } from "./rules";
import { dayMs, type OffsetSpan } from "./zoneClock";

/** How far a question about what comes next looks ahead, in milliseconds: 400 days. */
export const horizonMs = 400 * dayMs;

/** What is computed at a time. */
const chunkMs = 32 * dayMs;

/** By zone and moments; see `offsetSpans`. */
export type Clocks = (zone: string, start: number, end: number) => readonly OffsetSpan[];

interface Chunk {
  readonly openAtStart: boolean;
  /** Moments at which open turns to closed or back, in order. */
  readonly changes: readonly number[];
}

/** One calendar as it is at the sites of one time zone. Times are milliseconds since the epoch. */
export class Timeline {
  private readonly chunks = new Map<number, Chunk>();

  constructor(
    private readonly rules: Rules,
    private readonly clocks: Clocks,
  ) {}

  isOpen(at: number): boolean {
    const { openAtStart, changes } = this.chunk(Math.floor(at / chunkMs));
    return openAtStart === (countUpTo(changes, at) % 2 === 0);
  }

  /** The first moment after `at` at which the calendar opens or closes; undefined if there is none up to `until`. */
  nextChange(at: number, until: number): number | undefined {
    let index = Math.floor(at / chunkMs);
    const first = this.chunk(index);
    const change = first.changes[countUpTo(first.changes, at)];
    if (change !== undefined) return change <= until ? change : undefined;
    let open = openAtEnd(first);
    for (index += 1; index * chunkMs <= until; index += 1) {
      const chunk = this.chunk(index);
      const next = chunk.openAtStart === open ? chunk.changes[0] : index * chunkMs;
      if (next !== undefined) return next <= until ? next : undefined;
      open = openAtEnd(chunk);
    }
    return undefined;
  }

  private chunk(index: number): Chunk {
    const known = this.chunks.get(index);
    if (known !== undefined) return known;
    const chunk = this.compute(index * chunkMs, (index + 1) * chunkMs);
    this.chunks.set(index, chunk);
    return chunk;
  }

  private compute(start: number, end: number): Chunk {
    const spans = new Map(this.rules.zones.map((zone) => [zone, this.clocks(zone, start, end)]));
    const moments = new Set<number>();
    for (const [zone, ofZone] of spans) {
      for (const span of ofZone) {
        moments.add(span.start);
        for (const edge of edges(this.rules, zone, span.start + span.offset, span.end + span.offset)) {
          // A time on the wall is a moment of every span in which the clocks show it: none, one or two.
          const moment = edge - span.offset;
          if (moment > span.start && moment < span.end) moments.add(moment);
        }
      }
    }
    const openAtStart = this.openBy(spans, start);
    const changes: number[] = [];
    let open = openAtStart;
    for (const moment of [...moments].sort((a, b) => a - b)) {
      if (this.openBy(spans, moment) === open) continue;
      changes.push(moment);
      open = !open;
    }
    return { openAtStart, changes };
  }

  private openBy(spans: ReadonlyMap<string, readonly OffsetSpan[]>, at: number): boolean {
    return isOpen(this.rules, (zone) => at + offsetAt(spans.get(zone) ?? [], at));
  }
}

function openAtEnd({ openAtStart, changes }: Chunk): boolean {
  return openAtStart === (changes.length % 2 === 0);
}

function offsetAt(spans: readonly OffsetSpan[], at: number): number {
  return spans.find(({ end }) => at < end)?.offset ?? 0;
}

/** How many of the ordered moments are not after `at`. */
function countUpTo(moments: readonly number[], at: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
