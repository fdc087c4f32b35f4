import { alwaysOpen, type Calendar } from "./calendar";
import type { CalendarDocument } from "./schema/calendar";

/** A calendar with its defaults; none written is always open. */
export function resolveCalendar(document: CalendarDocument | undefined): Calendar {
  if (document === undefined) return alwaysOpen;
  return {
    windows: (document.windows ?? []).map(({ days, from, to, timeZone }) => ({ days: days ?? [], from, to, timeZone })),
    exceptions: (document.exceptions ?? []).map(({ timeZone, ...exception }) => ({ ...exception, timeZone })),
  };
}
