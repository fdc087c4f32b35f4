import { expect } from "chai";
import fc from "fast-check";

import { afterRun } from "../../../rollout/afterRun";
import type { RolloutEvent, SiteFinished } from "../../../rollout/events";
import type { Plan } from "../../../rollout/plan";
import { backoffSeconds } from "../../../rollout/retry";
import { aGate } from "../gates/aGate";
import { decided } from "../support/decided";
import { aPlan, ended, halted, started, stateOf, waveStarted } from "../support/plan";

const retry = { limit: 2, backoffSeconds: 10, factor: 3, maxBackoffSeconds: 60, jitterPercent: 0 };
const plan = (more: Partial<Plan> = {}) => aPlan({ retry, ...more }, { sites: ["a"] });
const repeat = (until: number): RolloutEvent => ({
  type: "site-retry-scheduled",
  site: "a",
  reason: "run 1 failed",
  until,
});
const fails = ended("a", "failed") as SiteFinished;
const types = (events: readonly RolloutEvent[]) => events.map(({ type }) => type);
const back: RolloutEvent = {
  type: "rollback-started",
  by: "ana",
  reason: "x",
  sites: [{ site: "a", release: "2026.10.0" }],
  without: [],
};

describe("the repeat of a failed run", () => {
  const cases: [string, Plan, readonly RolloutEvent[], SiteFinished, string[]][] = [
    ["follows a failure", plan(), [started("a")], fails, ["site-retry-scheduled"]],
    [
      "follows as often as the plan says",
      plan(),
      [started("a"), repeat(0), started("a", 2), repeat(0), started("a", 3)],
      fails,
      ["site-finished"],
    ],
    [
      "does not follow where the plan has none",
      plan({ retry: { ...retry, limit: 0 } }),
      [started("a")],
      fails,
      ["site-finished"],
    ],
    ["does not follow a success", plan(), [started("a")], ended("a", "succeeded") as SiteFinished, ["site-finished"]],
    ["does not follow a deferral", plan(), [started("a")], ended("a", "deferred") as SiteFinished, ["site-finished"]],
    ["does not follow in a halt", plan(), [started("a"), halted], fails, ["site-finished"]],
    [
      "does not follow in an abort",
      plan(),
      [started("a"), { type: "abort-requested", by: "ana" }],
      fails,
      ["site-finished"],
    ],
    [
      "follows for a site that goes back, halt or not",
      plan(),
      [started("a"), fails, halted, { type: "rollout-finished", result: "halted" }, back, started("a", 2)],
      fails,
      ["site-retry-scheduled"],
    ],
  ];
  for (const [name, of, events, end, expected] of cases) {
    it(name, () => expect(types(afterRun(stateOf(of, [waveStarted, ...events]), [end], 1000))).to.deep.equal(expected));
  }

  it("is waited for, and comes at its time", () => {
    const state = stateOf(plan(), [waveStarted, started("a"), repeat(5000)]);
    expect(decided(state, 4999)).to.deep.equal(["wait 5000"]);
    expect(decided(state, 5000)).to.deep.equal(["+a/2"]);
  });
  it("does not hold the sites behind", () => {
    const state = stateOf(aPlan({ retry }), [waveStarted, started("a"), repeat(5000)]);
    expect(decided(state)).to.deep.equal(["+b", "+c"]);
  });
  it("comes after a wait that grows by the factor, up to the longest", () => {
    const waits = [1, 2, 3, 4].map((count) => backoffSeconds(stateOf(plan(), []), "a", count));
    expect(waits).to.deep.equal([10, 30, 60, 60]);
  });
  it("counts repeats anew when the site is taken up again", () => {
    const state = stateOf(plan(), [
      waveStarted,
      started("a"),
      repeat(0),
      started("a", 2),
      repeat(0),
      started("a", 3),
      fails,
      { type: "rollout-finished", result: "failed" },
      { type: "rollout-reopened", kind: "retry", by: "ana", sites: ["a"] },
      started("a", 4),
    ]);
    expect(types(afterRun(state, [fails], 1000))).to.deep.equal(["site-retry-scheduled"]);
  });
  it("keeps counting across the death of a driver", () => {
    const events: RolloutEvent[] = [waveStarted, started("a"), repeat(0), started("a", 2), repeat(0), started("a", 3)];
    const state = stateOf(plan(), [
      ...events,
      { type: "driver-resumed", host: "h", pid: 1, inFlight: ["a"] },
      started("a", 4),
    ]);
    expect(types(afterRun(state, [fails], 1000))).to.deep.equal(["site-finished"]);
  });
  it("varies by the jitter to either side, never above the longest wait, the same for who asks again", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 100 }),
        (site, count, jitter) => {
          const state = stateOf(plan({ retry: { ...retry, jitterPercent: jitter } }), []);
          const share = jitter / 100;
          const even = Math.min(retry.backoffSeconds * retry.factor ** (count - 1), 60 / (1 + share));
          const wait = backoffSeconds(state, site, count);
          expect(wait).to.be.within(even * (1 - share), Math.min(even * (1 + share) + 1e-9, 60));
          expect(backoffSeconds(state, site, count)).to.equal(wait);
        },
      ),
    );
  });
  it("brings sites that failed together back at different times", () => {
    const state = stateOf(plan({ retry: { ...retry, jitterPercent: 20 } }), []);
    for (const count of [1, 9]) {
      const waits = new Set(Array.from({ length: 50 }, (_, index) => backoffSeconds(state, `site-${index}`, count)));
      expect(waits.size).to.equal(50);
    }
  });
});

describe("the end of a run", () => {
  const gated = aPlan({}, { sites: ["a"], gates: [aGate("http", { name: "answers" })] });
  const inRun = [waveStarted, started("a")];
  const inBack = [
    waveStarted,
    started("a"),
    ended("a", "failed"),
    { type: "rollout-finished", result: "failed" } as const,
    back,
    started("a", 2),
  ];
  it("is followed by the gates, where there are any", () => {
    expect(types(afterRun(stateOf(gated, inRun), [ended("a", "succeeded")], 0))).to.deep.equal(["site-applied"]);
    expect(types(afterRun(stateOf(plan(), inRun), [ended("a", "succeeded")], 0))).to.deep.equal(["site-finished"]);
  });
  it("is not followed by gates that an unchanged site has passed before", () => {
    expect(types(afterRun(stateOf(gated, inRun), [ended("a", "unchanged")], 0))).to.deep.equal(["site-finished"]);
  });
  it("makes a site rolled back that went back", () => {
    const [end] = afterRun(stateOf(plan(), inBack), [ended("a", "succeeded")], 0);
    expect(end).to.include({ outcome: "rolled-back", reason: "back at release 2026.10.0" });
  });
  it("says what could not go back", () => {
    const state = stateOf(plan({ retry: { ...retry, limit: 0 } }), inBack);
    expect(afterRun(state, [fails], 0)[0]).to.include({
      outcome: "failed",
      reason: "it could not go back to release 2026.10.0: because",
    });
  });
});
