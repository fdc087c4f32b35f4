import { assert, expect } from "chai";
import fc from "fast-check";

import { changesText, duration, time } from "../../report/format";
import { timelineLayout } from "../../report/timelineLayout";
import { timeScale } from "../../report/timeScale";
import { groupBy } from "../../rollout/order";
import { aReport, aReportSite } from "./sample";

const minute = 60_000;

describe("timeScale", () => {
  it("is even while there is no long pause", () => {
    const scale = timeScale(
      [
        { from: 0, to: 50 },
        { from: 50, to: 100 },
      ],
      0,
      1000,
      70,
    );
    expect([0, 25, 100].map((at) => scale?.at(at))).to.deep.equal([0, 250, 1000]);
  });

  it("shortens a long pause, so that what happened can be seen", () => {
    const scale = timeScale(
      [
        { from: 0, to: minute },
        { from: 600 * minute, to: 601 * minute },
      ],
      0,
      1000,
      70,
    );
    expect(scale?.pieces.map(({ shortened }) => shortened)).to.deep.equal([false, true, false]);
    expect(scale?.at(minute)).to.be.greaterThan(400);
  });

  it("keeps a short pause as long as it was", () => {
    const scale = timeScale(
      [
        { from: 0, to: 100 },
        { from: 110, to: 200 },
      ],
      0,
      1000,
      70,
    );
    expect(scale?.pieces.some(({ shortened }) => shortened)).to.equal(false);
  });

  it("has no axis for nothing", () => expect(timeScale([], 0, 1000, 70)).to.equal(undefined));

  const stretches = fc.array(
    fc.tuple(fc.nat(1e9), fc.nat(1e6)).map(([from, length]) => ({ from, to: from + length })),
    { minLength: 1, maxLength: 30 },
  );

  it("never turns back and never leaves its ends", () => {
    fc.assert(
      fc.property(stretches, fc.array(fc.nat(1.1e9)), (busy, times) => {
        const scale = timeScale(busy, 100, 1000, 70);
        assert(scale);
        const positions = times.toSorted((a, b) => a - b).map(scale.at);
        expect(positions).to.deep.equal(positions.toSorted((a, b) => a - b));
        for (const x of positions) expect(x).to.be.within(100, 1000.001);
      }),
    );
  });

  it("keeps its ticks apart, and there are never too many", () => {
    fc.assert(
      fc.property(stretches, (busy) => {
        const xs = timeScale(busy, 0, 1000, 70)?.ticks.map(({ x }) => x) ?? [];
        xs.slice(1).forEach((x, index) => expect(x - (xs[index] ?? 0)).to.be.at.least(62));
      }),
    );
  });
});

describe("timelineLayout", () => {
  const site = (index: number, second: number) => aReportSite({ name: `site-${index}` }, second);

  it("gives each of a few sites a row with its name, in order of start, those without a run last", () => {
    const waiting = aReportSite({ name: "off", outcome: "deferred", startedAt: undefined, finishedAt: undefined });
    const layout = timelineLayout(aReport({ sites: [waiting, site(1, 4), site(2, 0)] }), 1000);
    expect(layout?.named).to.equal(true);
    expect(layout?.waves[0]?.bars.map((bar) => bar.site.name)).to.deep.equal(["site-2", "site-1", "off"]);
    expect(layout?.waves[0]?.bars[2]?.extent).to.equal(undefined);
  });

  it("puts many sites on as few lanes as no bar covers another one", () => {
    const starts = fc.array(fc.nat(300), { minLength: 61, maxLength: 120 });
    fc.assert(
      fc.property(starts, (seconds) => {
        const layout = timelineLayout(aReport({ sites: seconds.map((second, index) => site(index, second)) }), 1000);
        const bars = layout?.waves[0]?.bars ?? [];
        expect(bars).to.have.length(seconds.length);
        const lanes = groupBy(bars, (bar) => String(bar.y));
        for (const lane of lanes.values()) {
          lane.slice(1).forEach((bar, index) => {
            expect(bar.extent?.left).to.be.at.least((lane[index]?.extent?.right ?? 0) - 1e-6);
          });
        }
        const most = Math.max(...seconds.map((at) => seconds.filter((other) => other <= at && at < other + 2).length));
        expect(new Set(bars.map(({ y }) => y)).size).to.equal(most);
      }),
    );
  });

  it("keeps every bar within its wave", () => {
    const sites = Array.from({ length: 10 }, (_, index) => site(index, index));
    const layout = timelineLayout(aReport({ sites }), 1000);
    for (const wave of layout?.waves ?? []) {
      for (const bar of wave.bars) {
        expect(bar.y).to.be.at.least(wave.top);
        expect(bar.y + bar.height).to.be.at.most(wave.bottom);
      }
    }
  });

  it("shows the soak after a wave", () => {
    const { startedAt, waves } = aReport();
    const soak = { from: startedAt + 10_000, until: startedAt + 20_000 };
    const later = { ...waves[0]!, name: "rest", canary: false, startedAt: soak.until, finishedAt: soak.until + 5000 };
    const sites = [site(1, 0), site(2, 8), aReportSite({ name: "late", wave: "rest" }, 20)];
    const layout = timelineLayout(aReport({ waves: [{ ...waves[0]!, soak }, later], sites }), 1000);
    const [first, second] = layout?.waves ?? [];
    expect(first?.soak?.milliseconds).to.equal(10_000);
    expect(first?.soak?.right).to.be.closeTo(second?.span?.left ?? 0, 0.01);
  });
});

describe("format", () => {
  const durations: [number, string][] = [
    [0, "0 ms"],
    [35, "35 ms"],
    [400, "0.4 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [200_000, "3 min 20 s"],
    [3_600_000, "1 h"],
    [7_500_000, "2 h 5 min"],
    [86_400_000, "1 d"],
    [273_600_000, "3 d 4 h"],
  ];
  for (const [milliseconds, expected] of durations) {
    it(`tells ${milliseconds} ms as ${expected}`, () => expect(duration(milliseconds)).to.equal(expected));
  }

  it("tells times in UTC", () => expect(time(Date.UTC(2026, 10, 23, 12, 11, 3))).to.equal("2026-11-23 12:11:03 UTC"));

  it("tells changes without what stayed", () => {
    expect(changesText({ same: 30, create: 2, update: 1, delete: 0 })).to.equal("2 create, 1 update");
    expect(changesText({ same: 30 })).to.equal("none");
  });
});
