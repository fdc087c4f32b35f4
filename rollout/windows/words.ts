import type { Calendar, CalendarException, Window } from "../../fleet/calendar";
import { dayMs } from "./zoneClock";
import { rulesOf, type WallTime } from "./rules";

/** Why a calendar is closed at a moment at which it is: the freeze that closes it, or the windows that are not open. */
export function whyClosed(calendar: Calendar, siteTimeZone: string, wall: (zone: string) => WallTime): string {
  const { exceptions } = rulesOf(calendar, siteTimeZone);
  const frozen = calendar.exceptions.filter((_, index) => {
    const rule = exceptions[index];
    if (rule === undefined || rule.open) return false;
    const now = wall(rule.zone);
    return now >= rule.from && now < rule.to;
  });
  // Of several freezes the one that ends last decides.
  const [longest] = frozen.sort((a, b) => (a.to < b.to ? 1 : a.to > b.to ? -1 : 0));
  if (longest !== undefined) return freezeText(longest, siteTimeZone);
  const shown = calendar.windows.slice(0, 3).map((window) => windowText(window, siteTimeZone));
  const more = calendar.windows.length - shown.length;
  return `outside of the maintenance windows: ${shown.join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** When a calendar is open, with every freeze and opening that has not passed; undefined if it always is. */
export function calendarText(
  { windows, exceptions }: Calendar,
  siteTimeZone: string,
  today: string,
): string | undefined {
  const coming = exceptions.filter(({ to }) => to >= today);
  const parts = [
    ...windows.map((window) => windowText(window, siteTimeZone)),
    ...coming.map((exception) =>
      exception.open ? `open ${daysText(exception)}: ${exception.reason}` : freezeText(exception, siteTimeZone),
    ),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

function freezeText({ from, to, reason, timeZone }: CalendarException, siteTimeZone: string): string {
  return `frozen ${daysText({ from, to })} (${timeZone ?? siteTimeZone}): ${reason}`;
}

function daysText({ from, to }: Pick<CalendarException, "from" | "to">): string {
  return from === to ? `on ${from}` : `from ${from} to ${to}`;
}

function windowText({ days, from, to, timeZone }: Window, siteTimeZone: string): string {
  const on = days.length === 0 ? "daily" : days.join(", ");
  return `${on} ${from} to ${to} (${timeZone ?? siteTimeZone})`;
}

/** That nothing opens as far as it is worth to look. */
export function neverText(why: string, horizon: number): string {
  return `${why}; nor do all its calendars open at once within ${Math.round(horizon / dayMs)} days`;
}
