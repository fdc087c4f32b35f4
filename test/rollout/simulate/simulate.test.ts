import { expect } from "chai";

import {
  assumed,
  usual,
  noHistory,
  withTransfers,
  withUnchanged,
  type Behaviour,
} from "../../../rollout/simulate/behaviour";
import { defaultRuns } from "../../../cli/commands/simulate";
import { quantiles, simulateMany } from "../../../rollout/simulate/many";
import { randomOf } from "../../../rollout/simulate/random";
import { simulate } from "../../../rollout/simulate/simulate";
import { aPlan, aPlannedWave, offline, started, startOf, stateOf, recorded, waveStarted } from "../support/plan";
import { foldEvents } from "../../../rollout/fold";
import { aCommandGate, aSoakGate, assumptions, aStart, names } from "./worlds";

const allGood = usual(noHistory);
const never = { ...allGood, approvalSeconds: undefined };

describe("simulate", () => {
  it("ends as succeeded where everything goes well, in the time that the waves need", () => {
    const { state, endedAt, reached, stuck } = simulate(aStart(12), allGood, () => 0.5, 0);
    // Two at 30 s at once, then ten, five at once.
    expect({ result: state.finished?.result, endedAt, reached, stuck }).to.deep.equal({
      result: "succeeded",
      endedAt: 90_000,
      reached: 12,
      stuck: undefined,
    });
  });

  it("halts after the canary where everything fails, and reaches nothing else", () => {
    const state = aStart(12, { maxFailures: 0 });
    const end = simulate(state, assumed(assumptions({ failing: 1 })), randomOf(1), 0);
    expect(end.state.halted?.wave).to.equal("canary");
    expect(end.reached).to.equal(2);
    expect(end.state.tally).to.include({ failed: 2, skipped: 10 });
  });

  it("counts a repeated site once", () => {
    const retry = { limit: 3, backoffSeconds: 10, factor: 2, maxBackoffSeconds: 60, jitterPercent: 0 };
    const state = aStart(4, { maxFailures: 4, retry });
    const end = simulate(state, assumed(assumptions({ failing: 1 })), randomOf(1), 0);
    expect(end.reached).to.equal(4);
    expect(end.state.tally.failed).to.equal(4);
  });

  it("lets a soak gate take its time from the site's change, whatever a gate usually takes", () => {
    const end = simulate(aStart(2, {}, { gates: [aSoakGate(3600)] }), allGood, () => 0.5, 0);
    expect(end.endedAt).to.equal(30_000 + 3_600_000);
  });

  it("lets a gate that asks for passes in a row take the time of as many checks", () => {
    const gates = [aCommandGate({ passes: 13 })];
    expect(simulate(aStart(2, {}, { gates }), allGood, () => 0.5, 0).endedAt).to.equal(30_000 + 120_000);
  });

  it("holds sites whose gates have no answer, and says so", () => {
    const silent: Behaviour = { ...allGood, gate: () => ({ seconds: 5, verdict: "inconclusive" }) };
    const end = simulate(aStart(4, {}, { gates: [aCommandGate()] }), silent, () => 0.5, 0);
    expect(end.state.finished).to.equal(undefined);
    expect(end.stuck).to.match(/gate works has no answer: simulated/);
  });

  it("lets a run take no less than its content takes over the site's link", () => {
    const transfers = new Map([
      ["s0", { bytes: 1, seconds: 300 }],
      ["s1", { bytes: 1, seconds: 5 }],
    ]);
    const end = simulate(aStart(2), withTransfers(allGood, transfers, false), () => 0.5, 0);
    const seconds = [...end.state.sites.values()].map((site) => site.seconds);
    expect({ endedAt: end.endedAt, seconds }).to.deep.equal({ endedAt: 300_000, seconds: [300, 30] });
  });

  it("brings content from the start with preStage, so that only the first sites wait for it", () => {
    const transfers = new Map(names(4).map((name) => [name, { bytes: 1, seconds: 300 }]));
    const end = simulate(aStart(4, { preStage: true }), withTransfers(allGood, transfers, true), () => 0.5, 0);
    expect(end.state.finished?.result).to.equal("succeeded");
    // Two at 30 s at once, then two more: the second wave's content has come meanwhile.
    expect(end.endedAt).to.equal(300_000 + 60_000);
  });

  it("fetches nothing for a site that is as it shall be", () => {
    const transfers = new Map([["s0", { bytes: 1, seconds: 300 }]]);
    const behaviour = withUnchanged(withTransfers(allGood, transfers, false), new Set(["s0", "s1"]));
    expect(simulate(aStart(2), behaviour, () => 0.5, 0).endedAt).to.equal(0);
  });

  it("waits for ever for an approval that nobody gives, and goes on when as many give it as are asked for", () => {
    const approval = { count: 2, signed: true };
    const stuck = simulate(aStart(4, {}, { approval }), never, () => 0.5, 0);
    expect(stuck.stuck).to.equal("wave canary waits for approval: 0 of 2 signed");
    expect(stuck.reached).to.equal(0);
    const given = simulate(aStart(4, {}, { approval }), { ...allGood, approvalSeconds: 7200 }, () => 0.5, 0);
    expect(given.state.finished?.result).to.equal("succeeded");
    expect(given.endedAt).to.equal(2 * 7_200_000 + 60_000);
  });

  it("waits for a window, and never ends where none opens", () => {
    const windows = [{ days: [], from: "02:00", to: "04:00", timeZone: "UTC" }];
    const night = { windows, exceptions: [] };
    const end = simulate(aStart(2, { maintenance: night }), allGood, () => 0.5, 0);
    expect(end.endedAt).to.equal(2 * 3_600_000 + 30_000);
    const frozen = { from: "1969-12-31", to: "2999-12-31", open: false, reason: "sold", timeZone: "UTC" };
    const closed = simulate(aStart(2, { maintenance: { windows, exceptions: [frozen] } }), allGood, () => 0.5, 0);
    expect(closed.stuck).to.match(/no maintenance window is open \(frozen/);
  });

  it("takes a rollout that is under way to its end: what runs goes on from when it began", () => {
    const plan = aPlan({}, { sites: ["a", "b", "c"] });
    const state = stateOf(plan, [waveStarted, started("a"), started("b")]);
    const now = 10_000;
    const { endedAt, reached, state: end } = simulate(state, allGood, () => 0.5, now);
    expect(end.finished?.result).to.equal("succeeded");
    // b began at 3 ms; c starts when a, which began at 2 ms, has ended.
    expect(endedAt).to.equal(60_002);
    expect(reached).to.equal(3);
  });

  it("does not run sites that are at the release already, and does not count them as reached", () => {
    const behaviour = withUnchanged(assumed(assumptions({ failing: 1 })), new Set(["s0", "s1", "s2", "s3"]));
    const { state, endedAt, reached } = simulate(aStart(4), behaviour, randomOf(1), 0);
    expect(state.tally.unchanged).to.equal(4);
    expect({ endedAt, reached }).to.deep.equal({ endedAt: 0, reached: 0 });
  });

  it("runs a site once for each release on its way, and fails one without a way", () => {
    const plan = aPlan({ maxFailures: 5 }, { sites: ["a", "b"] });
    const start = startOf(plan);
    const before = {
      a: { release: "2026.9.0", hops: ["2026.10.0"] },
      b: { release: "2026.1.0", impassable: "no release between" },
    };
    const state = foldEvents(recorded([{ ...start, before }]));
    const end = simulate(state, allGood, () => 0.5, 0);
    expect(end.endedAt).to.equal(60_000);
    expect(end.state.sites.get("b")).to.include({ outcome: "failed", reason: "no release between", attempt: 0 });
    expect(end.reached).to.equal(1);
  });

  it("defers sites without a link without a run", () => {
    const plan = aPlan({}, { sites: ["a", "b"] });
    const end = simulate(stateOf(plan, [], { a: offline }), allGood, () => 0.5, 0);
    expect(end.state.tally).to.include({ deferred: 1, succeeded: 1 });
    expect(end.reached).to.equal(1);
  });
});

describe("simulateMany", () => {
  const state = aStart(20, { maxFailures: 1 });
  const behaviour = assumed(assumptions({ failing: 0.1, vanishing: 0.05 }));

  it("gives the same answer for the same seed and another for another", () => {
    const once = simulateMany(state, behaviour, { runs: 40, seed: 7, now: 0 });
    expect(simulateMany(state, behaviour, { runs: 40, seed: 7, now: 0 })).to.deep.equal(once);
    expect(simulateMany(state, behaviour, { runs: 40, seed: 8, now: 0 }).endedAt).not.to.deep.equal(once.endedAt);
  });

  it("counts each run once, and tells halts without the figures that differ from run to run", () => {
    const told: number[] = [];
    const { results, halts, runs } = simulateMany(state, behaviour, {
      runs: 60,
      seed: 1,
      now: 0,
      onRun: (done) => told.push(done),
    });
    expect(Object.values(results).reduce((sum, count) => sum + (count ?? 0), 0)).to.equal(60);
    expect(halts.reduce((sum, { runs: times }) => sum + times, 0)).to.equal(results.halted);
    expect(halts[0]).to.deep.include({ wave: "rest", reason: "sites failed; the rollout's budget allows 1" });
    expect({ runs, last: told.at(-1), calls: told.length }).to.deep.equal({ runs: 60, last: 60, calls: 60 });
  });

  it("has no end times where every run waits for ever, and says for what", () => {
    const waits = aStart(4, {}, { approval: { count: 1, signed: false } });
    const { endedAt, results, stuck } = simulateMany(waits, never, { runs: 3, seed: 1, now: 0 });
    expect(endedAt).to.equal(undefined);
    expect(results).to.deep.equal({ stuck: 3 });
    expect(stuck).to.deep.equal([{ condition: "wave canary waits for approval: 0 of 1", runs: 3 }]);
  });

  it("fails about as many sites as it is told to", () => {
    const wide = stateOf(
      aPlan({
        waves: [aPlannedWave({ sites: Array.from({ length: 200 }, (_, i) => `s${i}`), maxConcurrency: 50 })],
        maxFailures: 200,
        maxConcurrency: 50,
      }),
      [],
    );
    const { failed } = simulateMany(wide, assumed(assumptions({ failing: 0.1 })), { runs: 50, seed: 3, now: 0 });
    expect(failed.p50).to.be.within(16, 24);
  });
});

describe("random numbers of a simulation", () => {
  it("begin differently for neighbouring seeds and runs", () => {
    const firsts = Array.from({ length: 200 }, (_, index) => randomOf(index % 20, Math.floor(index / 20))());
    expect(new Set(firsts).size).to.equal(200);
    const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
    expect(mean).to.be.within(0.4, 0.6);
  });
});

describe("quantiles", () => {
  const cases: [number[], [number, number, number]][] = [
    [[], [0, 0, 0]],
    [[5], [5, 5, 5]],
    [
      [2, 1],
      [1, 1, 2],
    ],
    [Array.from({ length: 10 }, (_, index) => index + 1), [1, 5, 9]],
    [Array.from({ length: 70 }, (_, index) => index + 1), [7, 35, 63]],
  ];
  for (const [values, [p10, p50, p90]] of cases) {
    it(`of ${values.length} values are ${p10}, ${p50} and ${p90}`, () =>
      expect(quantiles(values)).to.deep.equal({ p10, p50, p90 }));
  }
});

describe("the default number of simulated runs", () => {
  const cases: [number, number][] = [
    [0, 1000],
    [24, 1000],
    [500, 80],
    [5000, 20],
    [100_000, 20],
  ];
  for (const [count, runs] of cases) {
    it(`is ${runs} for ${count} sites`, () => expect(defaultRuns(count)).to.equal(runs));
  }
});
