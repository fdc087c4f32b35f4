import { expect } from "chai";

import { alwaysOpen, type Calendar } from "../../../fleet/calendar";
import { openAt, Windows } from "../../../rollout/windows/windows";
import { calendar } from "./wall";

const utc = (text: string): number => Date.parse(text);
const shown = (at: number | undefined): string =>
  at === undefined ? "never" : `${new Date(at).toISOString().slice(0, 16)}Z`;

/** `open until ...` or `closed until ...`, in UTC. */
function state(calendars: Calendar | readonly Calendar[], zone: string, at: string): string {
  const opening = openAt("windows" in calendars ? [calendars] : calendars, zone, utc(at));
  return opening.open ? `open until ${shown(opening.until)}` : `closed until ${shown(opening.opensAt)}`;
}

const why = (one: Calendar, zone: string, at: string): string | undefined => {
  const opening = openAt([one], zone, utc(at));
  return opening.open ? undefined : opening.why;
};

describe("maintenance windows", () => {
  const night = calendar({ windows: [{ from: "22:00", to: "04:00" }] });
  const weekend = calendar({ windows: [{ days: ["sat"], from: "22:00", to: "04:00" }] });

  for (const [sentence, one, zone, at, expected] of [
    ["a site without a calendar is always open", alwaysOpen, "Europe/Lisbon", "2026-11-25T12:00Z", "open until never"],
    ["a window opens at its first minute", night, "UTC", "2026-11-25T22:00Z", "open until 2026-11-26T04:00Z"],
    ["a window is closed a second before", night, "UTC", "2026-11-25T21:59:59Z", "closed until 2026-11-25T22:00Z"],
    ["a window is closed at its last minute", night, "UTC", "2026-11-26T04:00Z", "closed until 2026-11-26T22:00Z"],
    ["a window over midnight goes on", night, "UTC", "2026-11-26T03:59Z", "open until 2026-11-26T04:00Z"],
    ["a window is in the site's own time", night, "Asia/Tokyo", "2026-11-25T13:00Z", "open until 2026-11-25T19:00Z"],
    ["a day is the one on which it opens", weekend, "UTC", "2026-11-29T03:00Z", "open until 2026-11-29T04:00Z"],
    ["the night into the day is not its window", weekend, "UTC", "2026-11-28T03:00Z", "closed until 2026-11-28T22:00Z"],
    [
      "a window that ends when it began is open for a day",
      calendar({ windows: [{ days: ["wed"], from: "06:00", to: "06:00" }] }),
      "UTC",
      "2026-11-25T06:00Z",
      "open until 2026-11-26T06:00Z",
    ],
    [
      "such a window of every day never closes",
      calendar({ windows: [{ from: "06:00", to: "06:00" }] }),
      "Europe/Lisbon",
      "2026-11-25T06:00Z",
      "open until never",
    ],
    [
      "windows that touch are one",
      calendar({
        windows: [
          { from: "22:00", to: "00:00" },
          { from: "00:00", to: "02:00" },
        ],
      }),
      "UTC",
      "2026-11-25T23:00Z",
      "open until 2026-11-26T02:00Z",
    ],
    [
      "a window may be in a zone of its own",
      calendar({ windows: [{ from: "08:00", to: "17:00", timeZone: "Asia/Kolkata" }] }),
      "Europe/Lisbon",
      "2026-11-25T02:30Z",
      "open until 2026-11-25T11:30Z",
    ],
  ] as const) {
    it(`says that ${sentence}`, () => expect(state(one, zone, at)).to.equal(expected));
  }

  describe("when clocks are put forward or back", () => {
    const at = (from: string, to: string) => calendar({ windows: [{ from, to }] });
    // Lisbon goes from 01:00 to 02:00 on 2026-03-29 at 01:00Z, and back from 02:00 to 01:00 on 2026-10-25 at 01:00Z.
    for (const [sentence, one, zone, when, expected] of [
      [
        "is shorter over the gap",
        at("22:00", "04:00"),
        "Europe/Lisbon",
        "2026-03-28T22:00Z",
        "open until 2026-03-29T03:00Z",
      ],
      [
        "is longer over the fold",
        at("22:00", "04:00"),
        "Europe/Lisbon",
        "2026-10-24T21:00Z",
        "open until 2026-10-25T04:00Z",
      ],
      [
        "opens after the gap that has its beginning",
        at("01:30", "03:00"),
        "Europe/Lisbon",
        "2026-03-29T00:59Z",
        "closed until 2026-03-29T01:00Z",
      ],
      [
        "closes at the gap that has its end",
        at("00:30", "01:30"),
        "Europe/Lisbon",
        "2026-03-29T00:30Z",
        "open until 2026-03-29T01:00Z",
      ],
      [
        "does not open on a day that leaves all of it out",
        at("01:15", "01:45"),
        "Europe/Lisbon",
        "2026-03-29T00:00Z",
        "closed until 2026-03-30T00:15Z",
      ],
      [
        "opens at the first of two such times",
        at("01:30", "03:00"),
        "Europe/Lisbon",
        "2026-10-25T00:00Z",
        "closed until 2026-10-25T00:30Z",
      ],
      [
        "is closed again when its time comes the second time",
        at("01:30", "03:00"),
        "Europe/Lisbon",
        "2026-10-25T00:30Z",
        "open until 2026-10-25T01:00Z",
      ],
      [
        "opens again at the second of two such times",
        at("01:30", "03:00"),
        "Europe/Lisbon",
        "2026-10-25T01:00Z",
        "closed until 2026-10-25T01:30Z",
      ],
      [
        "closes at the first of two such times",
        at("00:30", "01:30"),
        "Europe/Lisbon",
        "2026-10-25T00:00Z",
        "open until 2026-10-25T00:30Z",
      ],
      [
        "opens once more until the second of them",
        at("00:30", "01:30"),
        "Europe/Lisbon",
        "2026-10-25T00:30Z",
        "closed until 2026-10-25T01:00Z",
      ],
      // Beirut leaves out 00:00 to 01:00; Nuuk goes back over midnight, from Sunday into Saturday.
      [
        "opens late on a day without a midnight",
        at("00:00", "04:00"),
        "Asia/Beirut",
        "2026-03-28T21:59Z",
        "closed until 2026-03-28T22:00Z",
      ],
      [
        "opens on a day that comes twice",
        calendar({ windows: [{ days: ["sun"], from: "00:00", to: "01:00" }] }),
        "America/Nuuk",
        "2026-10-24T12:00Z",
        "closed until 2026-10-25T02:00Z",
      ],
      // Samoa had no 30 December 2011, which was a Friday.
      [
        "does not open on a day that was left out",
        calendar({ windows: [{ days: ["fri"], from: "10:00", to: "11:00" }] }),
        "Pacific/Apia",
        "2011-12-30T00:00Z",
        "closed until 2012-01-05T20:00Z",
      ],
      [
        "knows zones off by a quarter of an hour",
        at("22:00", "04:00"),
        "Asia/Kathmandu",
        "2026-11-25T12:00Z",
        "closed until 2026-11-25T16:15Z",
      ],
      [
        "knows clocks that are put forward by half an hour",
        at("02:00", "02:30"),
        "Australia/Lord_Howe",
        "2026-10-03T15:00Z",
        "closed until 2026-10-04T15:00Z",
      ],
    ] as const) {
      it(`a window ${sentence}`, () => expect(state(one, zone, when)).to.equal(expected));
    }
  });

  describe("with exceptions", () => {
    const freeze = { from: "2026-12-20", to: "2027-01-06", open: false, reason: "peak season" };
    const frozen = calendar({ windows: [{ from: "22:00", to: "04:00" }], exceptions: [freeze] });
    const zone = "Europe/Madrid";

    for (const [sentence, one, when, expected] of [
      ["close an open window at the first midnight", frozen, "2026-12-19T22:00Z", "open until 2026-12-19T23:00Z"],
      [
        "are over at the last midnight, in the middle of a window",
        frozen,
        "2026-12-25T12:00Z",
        "closed until 2027-01-06T23:00Z",
      ],
      [
        "close what is always open",
        calendar({ exceptions: [freeze] }),
        "2026-12-01T00:00Z",
        "open until 2026-12-19T23:00Z",
      ],
      [
        "open a day without a window",
        calendar({
          windows: [{ days: ["sun"], from: "01:00", to: "02:00" }],
          exceptions: [{ ...freeze, to: freeze.from, open: true }],
        }),
        "2026-12-19T12:00Z",
        "closed until 2026-12-19T23:00Z",
      ],
      [
        "freeze rather than open, whatever their order",
        calendar({ exceptions: [{ ...freeze, open: true }, freeze, { ...freeze, open: true }] }),
        "2026-12-25T12:00Z",
        "closed until 2027-01-06T23:00Z",
      ],
      [
        "may be in a zone of their own",
        calendar({ exceptions: [{ ...freeze, timeZone: "Pacific/Kiritimati" }] }),
        "2026-12-01T00:00Z",
        "open until 2026-12-19T10:00Z",
      ],
      [
        "may close for good",
        calendar({ exceptions: [{ ...freeze, to: "9999-12-31" }] }),
        "2026-12-25T00:00Z",
        "closed until never",
      ],
    ] as const) {
      it(`which ${sentence}`, () => expect(state(one, zone, when)).to.equal(expected));
    }

    it("say why a site is closed", () => {
      expect(why(frozen, zone, "2026-12-25T12:00Z")).to.equal(
        "frozen from 2026-12-20 to 2027-01-06 (Europe/Madrid): peak season",
      );
      expect(why(frozen, zone, "2026-12-01T12:00Z")).to.equal(
        "outside of the maintenance windows: daily 22:00 to 04:00 (Europe/Madrid)",
      );
      const always = calendar({ exceptions: [{ ...freeze, to: "9999-12-31" }] });
      expect(why(always, zone, "2026-12-25T12:00Z")).to.equal(
        "frozen from 2026-12-20 to 9999-12-31 (Europe/Madrid): peak season; nor do all its calendars open at once within 400 days",
      );
    });

    it("give another reason as soon as it changes, also from memory", () => {
      const windows = new Windows();
      const one = calendar({ windows: [{ days: ["sun"], from: "01:00", to: "02:00" }], exceptions: [freeze] });
      const reasons = ["2026-12-21T22:59Z", "2027-01-06T22:59Z", "2027-01-06T23:00Z"].map((at) => {
        const opening = windows.openAt([one], zone, utc(at));
        return opening.open ? "open" : opening.why.slice(0, 6);
      });
      expect(reasons).to.deep.equal(["frozen", "frozen", "outsid"]);
    });
  });

  describe("of several calendars", () => {
    const at = (from: string, to: string, days?: string[]) =>
      calendar({ windows: [{ from, to, ...(days ? { days } : {}) }] });

    it("open when all of them are", () => {
      const both = [at("20:00", "23:00"), at("22:00", "04:00"), alwaysOpen];
      expect(state(both, "UTC", "2026-11-25T20:00Z")).to.equal("closed until 2026-11-25T22:00Z");
      expect(state(both, "UTC", "2026-11-25T22:30Z")).to.equal("open until 2026-11-25T23:00Z");
    });

    it("may have no time in common", () => {
      expect(state([at("20:00", "21:00"), at("21:00", "22:00")], "UTC", "2026-11-25T20:00Z")).to.equal(
        "closed until never",
      );
    });

    it("may have few times in common, which are found", () => {
      // 29 February is on a Tuesday in 2028.
      const leap = calendar({
        exceptions: [
          { from: "2026-01-01", to: "2028-02-28", open: false, reason: "x" },
          { from: "2028-03-01", to: "2099-12-31", open: false, reason: "y" },
        ],
      });
      const tuesdays = at("22:00", "23:00", ["tue"]);
      expect(state([leap, tuesdays], "UTC", "2027-02-01T00:00Z")).to.equal("closed until 2028-02-29T22:00Z");
    });

    it("none at all are open", () => expect(state([], "UTC", "2026-11-25T20:00Z")).to.equal("open until never"));
  });

  it("look 400 days ahead and not further", () => {
    const one = calendar({ exceptions: [{ from: "2026-01-01", to: "2027-12-31", open: false, reason: "x" }] });
    const opens = utc("2028-01-01T00:00Z");
    const windows = new Windows();
    const before = opens - 400 * 86_400_000;
    for (const [now, expected] of [
      [before - 60_000, undefined],
      [before - 1, undefined],
      [before, opens],
    ] as const) {
      const opening = windows.openAt([one], "UTC", now);
      expect(opening.open ? "open" : opening.opensAt).to.equal(expected);
    }
  });

  it("refuse a time zone that this machine does not know", () => {
    expect(() => openAt([calendar({ windows: [{ from: "01:00", to: "02:00" }] })], "Mars/Olympus", 0)).to.throw(
      RangeError,
      '"Mars/Olympus" is no time zone',
    );
  });

  it("are told for 5,000 sites in 40 zones without computing anything twice", () => {
    const zones = Intl.supportedValuesOf("timeZone").slice(0, 40);
    const windows = new Windows();
    const rollout = calendar({ windows: [{ days: ["sat", "sun"], from: "20:00", to: "06:00" }] });
    const wave = calendar({ exceptions: [{ from: "2026-12-20", to: "2027-01-06", open: false, reason: "x" }] });
    // Each has a calendar object of its own, as it is when each has a file of its own.
    const sites = Array.from({ length: 5000 }, (_, index) => ({
      zone: zones[index % zones.length] ?? "UTC",
      own: calendar({ windows: [{ from: index % 80 < 40 ? "22:00" : "21:00", to: "04:00" }] }),
    }));
    const ask = (now: number) => sites.map(({ own, zone }) => windows.openAt([rollout, wave, own], zone, now));
    const now = utc("2026-11-25T12:00Z");
    const first = ask(now);
    const before = process.cpuUsage().user;
    const second = ask(now + 1);
    const spent = (process.cpuUsage().user - before) / 1000;
    // The very same objects: that is what makes it fast, and no clock decides.
    expect(second.every((opening, index) => opening === first[index])).to.equal(true);
    expect(new Set(first).size).to.equal(80);
    console.log(`      5,000 sites again: ${spent.toFixed(1)} ms`);
  });
});
