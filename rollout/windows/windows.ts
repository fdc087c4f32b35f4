import type { Calendar } from "../../fleet/calendar";
import { rulesOf } from "./rules";
import { type Clocks, horizonMs, Timeline } from "./timeline";
import { neverText, whyClosed } from "./words";
import { dayMs, offsetSpans, type OffsetSpan } from "./zoneClock";

/** Whether something may be started. Times are milliseconds since the epoch. */
export type Opening =
  | {
      readonly open: true;
      /** When it closes; undefined if it does not within 400 days. */
      readonly until: number | undefined;
    }
  | {
      readonly open: false;
      /** When it opens; undefined if it does not within 400 days. */
      readonly opensAt: number | undefined;
      /** The first calendar that is closed, in words that end a sentence. */
      readonly why: string;
    };

/**
 * Answers whether maintenance windows are open, and remembers what it computed: per calendar and time zone the moments
 * at which it opens and closes, and per question the answer for as long as it holds. Its answers depend on nothing but
 * the question and the time zone data that Node has.
 */
export class Windows {
  private readonly ids = new WeakMap<Calendar, number>();
  private readonly idsByText = new Map<string, number>();
  private readonly timelines = new Map<string, Timeline>();
  private readonly spans = new Map<string, readonly OffsetSpan[]>();
  private readonly answers = new Map<string, Answer>();

  /**
   * Whether all of the calendars are open at a site: those of the rollout, the wave and the site itself.
   * @param siteTimeZone IANA name, for what has no zone of its own.
   * @param now milliseconds since the epoch.
   * @throws RangeError for a zone, time or date that is none; `check` finds each of them.
   */
  openAt(calendars: readonly Calendar[], siteTimeZone: string, now: number): Opening {
    let key = "";
    for (const calendar of calendars) {
      const id = this.idOf(calendar);
      if (id !== alwaysOpenId) key += `${id} `;
    }
    if (key === "") return { open: true, until: undefined };
    key += siteTimeZone;
    let answer = this.answers.get(key);
    if (answer === undefined || now < answer.from || now >= answer.to) {
      answer = this.answer(calendars, siteTimeZone, now);
      this.answers.set(key, answer);
    }
    return answer.opening;
  }

  private answer(calendars: readonly Calendar[], siteTimeZone: string, now: number): Answer {
    const timelines = calendars.map((calendar) => this.timeline(calendar, siteTimeZone));
    const closed = calendars.find((_, index) => timelines[index]?.isOpen(now) === false);
    // A little further than is told, so that the answer can be kept while the horizon moves on.
    const end = now + horizonMs;
    if (closed === undefined) {
      const change = nextChange(timelines, now, end + dayMs);
      const until = change !== undefined && change <= end ? change : undefined;
      return { from: now, to: until ?? (change ?? end + dayMs) - horizonMs, opening: { open: true, until } };
    }
    const found = firstAllOpen(timelines, now, end + quarterHour);
    const opensAt = found !== undefined && found <= end ? found : undefined;
    const why = whyClosed(closed, siteTimeZone, (zone) => now + this.offset(zone, now));
    return {
      from: now,
      // Days begin and end, and with them freezes, at a quarter of an hour in every zone.
      to: Math.min(
        nextChange(timelines, now, end) ?? Infinity,
        (Math.floor(now / quarterHour) + 1) * quarterHour,
        opensAt === undefined && found !== undefined ? found - horizonMs : Infinity,
      ),
      opening: { open: false, opensAt, why: opensAt === undefined ? neverText(why, horizonMs) : why },
    };
  }

  /** The same for calendars with the same content, also where each site has a copy of its own. */
  private idOf(calendar: Calendar): number {
    if (calendar.windows.length === 0 && calendar.exceptions.length === 0) return alwaysOpenId;
    let id = this.ids.get(calendar);
    if (id === undefined) {
      const text = JSON.stringify(calendar);
      id = this.idsByText.get(text) ?? this.idsByText.size + 1;
      this.idsByText.set(text, id);
      this.ids.set(calendar, id);
    }
    return id;
  }

  private timeline(calendar: Calendar, siteTimeZone: string): Timeline {
    const key = `${this.idOf(calendar)} ${siteTimeZone}`;
    const known = this.timelines.get(key);
    if (known !== undefined) return known;
    const timeline = new Timeline(rulesOf(calendar, siteTimeZone), this.clocks);
    this.timelines.set(key, timeline);
    return timeline;
  }

  private readonly clocks: Clocks = (zone, start, end) => {
    const key = `${start} ${end} ${zone}`;
    const known = this.spans.get(key);
    if (known !== undefined) return known;
    const spans = offsetSpans(zone, start, end);
    this.spans.set(key, spans);
    return spans;
  };

  private offset(zone: string, at: number): number {
    return offsetSpans(zone, at, at + 1)[0]?.offset ?? 0;
  }
}

/** `Windows.openAt` for a single question. */
export function openAt(calendars: readonly Calendar[], siteTimeZone: string, now: number): Opening {
  return new Windows().openAt(calendars, siteTimeZone, now);
}

/** Of every calendar without windows and exceptions. */
const alwaysOpenId = 0;
const quarterHour = 900_000;

interface Answer {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly opening: Opening;
}

/** The first moment after `at` and up to `until` at which any of them opens or closes. */
function nextChange(timelines: readonly Timeline[], at: number, until: number): number | undefined {
  const changes = timelines.flatMap((timeline) => timeline.nextChange(at, until) ?? []);
  return changes.length === 0 ? undefined : Math.min(...changes);
}

/** The first moment from `at` up to `until` at which all of them are open. */
function firstAllOpen(timelines: readonly Timeline[], at: number, until: number): number | undefined {
  let moment = at;
  for (;;) {
    const closed = timelines.find((timeline) => !timeline.isOpen(moment));
    if (closed === undefined) return moment;
    const opens = closed.nextChange(moment, until);
    if (opens === undefined) return undefined;
    moment = opens;
  }
}
