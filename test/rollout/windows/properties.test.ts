import { expect } from "chai";
import fc from "fast-check";

import { type Calendar, weekdays } from "../../../fleet/calendar";
import { openAt, Windows } from "../../../rollout/windows/windows";
import { minute, plainlyOpen } from "./wall";

const day = 86_400_000;

// Zones whose clocks do something: half hours, jumps over midnight, no change at all, a lost day.
const zones = [
  "Europe/Lisbon",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Beirut",
  "America/Nuuk",
  "Africa/Casablanca",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "America/Havana",
  "UTC",
];
/** Around these, clocks are changed somewhere. */
const moments = ["2026-03-08", "2026-03-29", "2026-10-04", "2026-10-25", "2026-11-01", "2026-02-15", "2011-12-30"];

const zone = fc.constantFrom(...zones);
const timeOfDay = fc
  .tuple(fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 12, 22, 23), fc.constantFrom(0, 15, 30, 59))
  .map(([hour, minutes]) => `${String(hour).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`);
const window = fc.record({
  days: fc.subarray([...weekdays], { maxLength: 4 }),
  from: timeOfDay,
  to: timeOfDay,
  timeZone: fc.option(zone, { nil: undefined, freq: 5 }),
});
const base = fc.constantFrom(...moments).map((date) => Date.parse(date));
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

const question = base.chain((around) =>
  fc.record({
    now: fc.integer({ min: -2 * 1440, max: 2 * 1440 }).map((minutes) => around + minutes * minute),
    siteZone: zone,
    calendars: fc.array(
      fc.record({
        windows: fc.array(window, { maxLength: 3 }),
        exceptions: fc.array(
          fc
            .tuple(fc.integer({ min: -2, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.boolean(), fc.option(zone))
            .map(([first, length, open, timeZone]) => ({
              from: dateOf(around + first * day),
              to: dateOf(around + (first + length) * day),
              open,
              reason: "x",
              timeZone: timeZone ?? undefined,
            })),
          { maxLength: 2 },
        ),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
);

/** The first minute from `now` on at which all are open or not, as asked, within three days. */
function bruteForce(calendars: readonly Calendar[], siteZone: string, now: number, open: boolean): number | undefined {
  for (let at = now; at <= now + 3 * day; at += minute) {
    if (calendars.every((calendar) => plainlyOpen(calendar, siteZone, at)) === open) return at;
  }
  return undefined;
}

describe("openAt", () => {
  it("tells the first minute at which it opens or closes, as the clock on the wall does minute by minute", function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(question, ({ calendars, siteZone, now }) => {
        const opening = openAt(calendars, siteZone, now);
        expect(opening.open).to.equal(bruteForce(calendars, siteZone, now, true) === now);
        const told = opening.open ? opening.until : opening.opensAt;
        const expected = bruteForce(calendars, siteZone, now, !opening.open);
        if (expected !== undefined) expect(told).to.equal(expected);
        else expect(told ?? Infinity).to.be.greaterThan(now + 3 * day);
      }),
      { numRuns: 150 },
    );
  });

  it("answers from memory what it answers anew, whatever was asked before", () => {
    fc.assert(
      fc.property(question, fc.array(fc.integer({ min: 0, max: 4 * 1440 }), { maxLength: 20 }), (asked, later) => {
        const windows = new Windows();
        for (const minutes of [0, ...later]) {
          const now = asked.now + minutes * minute;
          expect(windows.openAt(asked.calendars, asked.siteZone, now)).to.deep.equal(
            openAt(asked.calendars, asked.siteZone, now),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it("does not depend on the time zone of the process", () => {
    const before = process.env["TZ"];
    try {
      fc.assert(
        fc.property(question, zone, ({ calendars, siteZone, now }, processZone) => {
          process.env["TZ"] = "UTC";
          const expected = openAt(calendars, siteZone, now);
          process.env["TZ"] = processZone;
          expect(openAt(calendars, siteZone, now)).to.deep.equal(expected);
        }),
        { numRuns: 100 },
      );
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
  });
});
