/** `2026-11-26T12:05Z`, to the minute, rounded down. @param at milliseconds since the epoch. */
export function formatTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** `45 s`, `2 m`, `90 m`, `8 h`, `2 d`: as fleets write durations, in the largest unit that divides them. */
export function formatSpan(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const;
  const unit = units.find(([, size]) => seconds >= size && seconds % size === 0);
  return unit === undefined ? `${seconds} s` : `${seconds / unit[1]} ${unit[0]}`;
}

/** `2 h 5 m` of milliseconds that have to pass; never below zero. */
export function millisecondsLeft(from: number, to: number): number {
  return Math.max(0, to - from) / 1000;
}
