import { type Calendar, type Window, weekdays } from "../calendar";
import type { SourcePosition } from "../model";
import type { Path, Problem } from "../problem";
import { quote } from "../quote";
import type { Check } from "./check";
import { timeZoneProblems } from "./timeZone";

/** As far as a rollout looks ahead for a window; see `Windows` in rollout. */
const horizonDays = 400;
const dayMs = 86_400_000;

/** Maintenance calendars of sites can be read and do open. */
export const checkCalendars: Check = ({ sites }) =>
  sites.flatMap(({ maintenance, source }) => calendarProblems(maintenance, source, ["spec", "maintenance"]));

/** What is wrong with a calendar that is written at the path. */
export function calendarProblems(calendar: Calendar, source: SourcePosition, path: Path): Problem[] {
  const zones = (["windows", "exceptions"] as const).flatMap((list) =>
    calendar[list].flatMap(({ timeZone }, index) =>
      timeZone === undefined ? [] : timeZoneProblems(timeZone, source, [...path, list, index, "timeZone"]),
    ),
  );
  const reversed = calendar.exceptions.flatMap(({ from, to }, index): Problem[] => {
    if (from <= to) return [];
    const message = `the exception begins on ${from} and ends on ${to}, before it`;
    return [{ code: "EDGE-CAL-001", source, path: [...path, "exceptions", index, "to"], message }];
  });
  return [...zones, ...reversed, ...closedProblems(calendar, source, path)];
}

/** The first freeze with which nothing opens for longer than a rollout looks ahead. */
function closedProblems(calendar: Calendar, source: SourcePosition, path: Path): Problem[] {
  const spans = calendar.exceptions.map(({ from, to, open }) => ({ first: dayOf(from), last: dayOf(to), open }));
  const freezes = [...spans.entries()].filter(([, { open, first, last }]) => !open && first <= last);
  let opens = -Infinity;
  for (const [index, { first }] of freezes.sort(([, a], [, b]) => a.first - b.first)) {
    // Closed days that were walked through once need not be again.
    if (first < opens) continue;
    const day = firstOpenDay(calendar.windows, spans, first);
    if (day === undefined) {
      const { from, reason } = calendar.exceptions[index]!;
      const message = `nothing opens within ${horizonDays} days from ${from}, when the freeze ${quote(reason)} begins`;
      return [{ code: "EDGE-CAL-002", source, path: [...path, "exceptions", index], message }];
    }
    opens = day;
  }
  return [];
}

/** An exception in days since 1970-01-01, both inclusive. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly open: boolean;
}

/** By whole days, as if all of it was in one time zone: zones differ by a day at most. */
function firstOpenDay(windows: readonly Window[], spans: readonly Span[], from: number): number | undefined {
  for (let day = from; day <= from + horizonDays; day += 1) {
    const covering = spans.filter(({ first, last }) => first <= day && day <= last);
    if (covering.some(({ open }) => !open)) continue;
    if (covering.length > 0 || windows.length === 0 || windows.some((window) => touches(window, day))) return day;
  }
  return undefined;
}

/** Whether some of the day is in the window, which may have opened the day before. */
function touches({ days, from, to }: Window, day: number): boolean {
  const opensOn = (one: number) => days.length === 0 || days.includes(weekdayOf(one));
  return opensOn(day) || (to <= from && to !== "00:00" && opensOn(day - 1));
}

/** Days since 1970-01-01, which was a Thursday. */
function dayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / dayMs);
}

function weekdayOf(day: number): (typeof weekdays)[number] {
  return weekdays[(((day + 3) % 7) + 7) % 7] ?? "mon";
}
