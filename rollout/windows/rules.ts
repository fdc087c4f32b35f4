import { type Calendar, type CalendarException, type Window, weekdays } from "../../fleet/calendar";
import { dayMs } from "./zoneClock";

/** The clock and the calendar on the wall: milliseconds since 1970-01-01 00:00 there. */
export type WallTime = number;

/** A window in numbers. */
export interface WindowRule {
  readonly zone: string;
  /** By days since 1970-01-01, modulo 7; the first one was a Thursday. */
  readonly opensOn: readonly boolean[];
  /** Milliseconds since midnight. */
  readonly from: number;
  /** Milliseconds since midnight of the day on which it opens; above `from`, and above a day if it is over midnight. */
  readonly to: number;
}

/** An exception in numbers. */
export interface ExceptionRule {
  readonly zone: string;
  readonly open: boolean;
  readonly from: WallTime;
  /** Exclusive. */
  readonly to: WallTime;
}

/** A calendar in numbers, with the site's zone wherever none is written. */
export interface Rules {
  readonly windows: readonly WindowRule[];
  readonly exceptions: readonly ExceptionRule[];
  readonly zones: readonly string[];
}

export function rulesOf({ windows, exceptions }: Calendar, siteTimeZone: string): Rules {
  const rules = {
    windows: windows.map((window) => windowRule(window, window.timeZone ?? siteTimeZone)),
    exceptions: exceptions.map((exception) => exceptionRule(exception, exception.timeZone ?? siteTimeZone)),
  };
  return { ...rules, zones: [...new Set([...rules.windows, ...rules.exceptions].map(({ zone }) => zone))] };
}

const thursday = weekdays.indexOf("thu");

function windowRule({ days, from, to }: Window, zone: string): WindowRule {
  const [opens, closes] = [timeOfDay(from), timeOfDay(to)];
  const opensOn = weekdays.map((_, day) => {
    const weekday = weekdays[(day + thursday) % 7];
    return days.length === 0 || (weekday !== undefined && days.includes(weekday));
  });
  return { zone, opensOn, from: opens, to: closes > opens ? closes : closes + dayMs };
}

function exceptionRule({ from, to, open }: CalendarException, zone: string): ExceptionRule {
  return { zone, open, from: midnight(from), to: midnight(to) + dayMs };
}

function timeOfDay(written: string): number {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(written) ?? [];
  if (hours === undefined) throw new RangeError(`${JSON.stringify(written)} is no time of day`);
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function midnight(date: string): WallTime {
  const time = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new RangeError(`${JSON.stringify(date)} is no date`);
  return time;
}

/** Whether the calendar is open by the clocks on the walls of its zones. */
export function isOpen({ windows, exceptions }: Rules, wall: (zone: string) => WallTime): boolean {
  let byException = false;
  for (const rule of exceptions) {
    const now = wall(rule.zone);
    if (now < rule.from || now >= rule.to) continue;
    if (!rule.open) return false;
    byException = true;
  }
  if (byException || windows.length === 0) return true;
  return windows.some((rule) => {
    const now = wall(rule.zone);
    const day = Math.floor(now / dayMs);
    const time = now - day * dayMs;
    return (
      (time >= rule.from && time < rule.to && opensOn(rule, day)) || (time + dayMs < rule.to && opensOn(rule, day - 1))
    );
  });
}

/** Times on the wall at which something may begin or end in the zone, from one day to another, each `from` inclusive. */
export function* edges(
  { windows, exceptions }: Rules,
  zone: string,
  start: WallTime,
  end: WallTime,
): Generator<WallTime> {
  for (const rule of windows) {
    if (rule.zone !== zone) continue;
    // From the day before: a window over midnight may close on the first day.
    for (let day = Math.floor(start / dayMs) - 1; day * dayMs < end; day += 1) {
      if (opensOn(rule, day)) yield* [day * dayMs + rule.from, day * dayMs + rule.to];
    }
  }
  for (const rule of exceptions) if (rule.zone === zone) yield* [rule.from, rule.to];
}

function opensOn({ opensOn: days }: WindowRule, day: number): boolean {
  return days[((day % 7) + 7) % 7] ?? false;
}
