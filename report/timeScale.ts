/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A piece of the axis; an idle one may be drawn shorter than it was. */
export interface AxisPiece extends Stretch {
  readonly left: number;
  readonly right: number;
  readonly shortened: boolean;
}

export interface TimeScale {
  readonly pieces: readonly AxisPiece[];
  /** Position of a time; times outside the axis are put at its ends. */
  readonly at: (time: number) => number;
  readonly ticks: readonly {
    readonly x: number;
    /** Milliseconds since the start of the axis. */ readonly elapsed: number;
  }[];
}

/** An idle stretch longer than this share of all busy time is drawn shorter. */
const longIdle = 0.25;
/** How long it is drawn then, as a share of all busy time. */
const drawnIdle = 0.1;
const tickSteps = [
  0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604800,
].map((seconds) => seconds * 1000);

/**
 * An axis on which everything that happened can be seen: a soak of a day between waves of minutes would leave nothing of
 * them, so long idle stretches are shortened. Pure.
 * @param busy when something ran, in any order; undefined is returned for none.
 * @param left, right ends of the axis.
 * @param spacing least distance between two ticks.
 */
export function timeScale(
  busy: readonly Stretch[],
  left: number,
  right: number,
  spacing: number,
): TimeScale | undefined {
  const merged = merge(busy);
  const [first] = merged;
  if (first === undefined) return undefined;
  const busyTime = Math.max(1, sum(merged.map(({ from, to }) => to - from)));
  const stretches = merged.flatMap((stretch, index): (Stretch & { idle: boolean })[] => {
    const before = merged[index - 1];
    const idle = before === undefined ? [] : [{ from: before.to, to: stretch.from, idle: true }];
    return [...idle, { ...stretch, idle: false }];
  });
  const shown = stretches.map(({ from, to, idle }) => {
    const shortened = idle && to - from > longIdle * busyTime;
    return { from, to, shortened, length: shortened ? drawnIdle * busyTime : to - from };
  });
  const total = sum(shown.map(({ length }) => length));
  const unit = total === 0 ? 0 : (right - left) / total;
  let x = left;
  const pieces = shown.map(({ from, to, shortened, length }): AxisPiece => {
    const piece = { from, to, shortened, left: x, right: x + length * unit };
    x = piece.right;
    return piece;
  });
  const at = (time: number) => position(pieces, time);
  // Over a shortened stretch its own length is told.
  const told = pieces.filter(({ shortened }) => shortened).map((piece) => (piece.left + piece.right) / 2);
  const free = ticks(pieces, first.from, unit === 0 ? Infinity : spacing / unit, spacing).filter(({ x: tick }) =>
    told.every((middle) => Math.abs(middle - tick) >= spacing * 0.9),
  );
  return { pieces, at, ticks: free };
}

function merge(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && stretch.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) };
    } else merged.push({ from: stretch.from, to: Math.max(stretch.from, stretch.to) });
  }
  return merged;
}

function position(pieces: readonly AxisPiece[], time: number): number {
  const piece = pieces.find(({ to }) => time <= to) ?? pieces.at(-1);
  if (piece === undefined) return 0;
  const share = piece.to === piece.from ? 0 : (time - piece.from) / (piece.to - piece.from);
  return piece.left + Math.min(1, Math.max(0, share)) * (piece.right - piece.left);
}

function ticks(pieces: readonly AxisPiece[], start: number, least: number, spacing: number): TimeScale["ticks"] {
  const step = tickSteps.find((candidate) => candidate >= least) ?? least;
  const found: { x: number; elapsed: number }[] = [];
  for (const piece of pieces) {
    if (piece.shortened) continue;
    for (let n = Math.ceil((piece.from - start) / step); start + n * step <= piece.to; n += 1) {
      const x = position([piece], start + n * step);
      if (x - (found.at(-1)?.x ?? -Infinity) >= spacing * 0.9) found.push({ x, elapsed: n * step });
    }
  }
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
