import type { Calendar } from "../../../fleet/calendar";
import { calendarSchema } from "../../../fleet/schema/calendar";
import { resolveCalendar } from "../../../fleet/resolveCalendar";

/** What a person would write under `maintenance`. */
export function calendar(written: unknown = undefined): Calendar {
  return resolveCalendar(written === undefined ? undefined : calendarSchema.parse(written));
}

export const minute = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

interface Wall {
  readonly date: string;
  readonly time: string;
  readonly day: string;
}

/** Clocks are changed at a quarter of an hour everywhere: Intl, which is slow, is asked once for each. */
const quarterHour = 15 * minute;
const walls = new Map<string, Wall>();

/** Date, time of day and day of the week on the wall, as Intl tells them. */
function onTheWall(zone: string, at: number): Wall {
  const quarter = Math.floor(at / quarterHour) * quarterHour;
  const key = `${quarter} ${zone}`;
  const wall = walls.get(key) ?? askIntl(zone, quarter);
  walls.set(key, wall);
  const minutes = Number(wall.time.slice(3)) + Math.floor((at - quarter) / minute);
  return { ...wall, time: `${wall.time.slice(0, 3)}${String(minutes).padStart(2, "0")}` };
}

function askIntl(zone: string, at: number): Wall {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    date: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
    time: `${parts["hour"]}:${parts["minute"]}`,
    day: String(parts["weekday"]).toLowerCase(),
  };
}

const yesterday: Readonly<Record<string, string>> = {
  mon: "sun",
  tue: "mon",
  wed: "tue",
  thu: "wed",
  fri: "thu",
  sat: "fri",
  sun: "sat",
};

/** The rule in its plainest form: what the clock on the wall shows at one moment, in text. */
export function plainlyOpen({ windows, exceptions }: Calendar, siteZone: string, at: number): boolean {
  const days = exceptions.filter(({ from, to, timeZone }) => {
    const { date } = onTheWall(timeZone ?? siteZone, at);
    return from <= date && date <= to;
  });
  if (days.length > 0) return days.every(({ open }) => open);
  if (windows.length === 0) return true;
  return windows.some(({ days: opening, from, to, timeZone }) => {
    const { time, day } = onTheWall(timeZone ?? siteZone, at);
    const opensOn = (one: string) => opening.length === 0 || (opening as readonly string[]).includes(one);
    if (from < to) return from <= time && time < to && opensOn(day);
    return (from <= time && opensOn(day)) || (time < to && opensOn(yesterday[day] ?? ""));
  });
}
