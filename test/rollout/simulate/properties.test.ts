import { expect } from "chai";
import fc from "fast-check";

import { forecast } from "../../../rollout/forecast";
import { finalSites, type RolloutState } from "../../../rollout/state";
import { assumed, type Behaviour, noHistory, usual } from "../../../rollout/simulate/behaviour";
import { type Random, randomOf } from "../../../rollout/simulate/random";
import { simulate } from "../../../rollout/simulate/simulate";
import { aPlan, aPlannedWave, offline, stateOf } from "../support/plan";
import { aCommandGate, aSoakGate, names } from "./worlds";

const limit = fc.option(fc.nat(4), { nil: undefined });
const windows = [{ days: ["mon" as const], from: "22:00", to: "02:00", timeZone: undefined }];

const wave = fc.record({
  sites: fc.integer({ min: 0, max: 8 }),
  canary: fc.boolean(),
  maxConcurrency: fc.integer({ min: 1, max: 4 }),
  maxFailures: limit,
  maxDeferred: limit,
  quorum: fc.nat(3),
  soakSeconds: fc.constantFrom(0, 600),
  deadlineSeconds: fc.option(fc.constantFrom(20, 3600), { nil: undefined }),
  approval: fc.option(fc.record({ count: fc.integer({ min: 1, max: 3 }), signed: fc.boolean() }), { nil: undefined }),
  gates: fc.constantFrom([], [aCommandGate()], [aCommandGate(), aSoakGate(90)]),
  maintenance: fc.constantFrom({ windows: [], exceptions: [] }, { windows, exceptions: [] }),
});

const plan = fc.record({
  waves: fc.array(wave, { minLength: 1, maxLength: 4 }),
  maxFailures: fc.nat(4),
  maxDeferred: limit,
  maxConcurrency: fc.integer({ min: 1, max: 5 }),
  deadlineSeconds: fc.option(fc.constantFrom(30, 7200), { nil: undefined }),
  onFailure: fc.constantFrom("halt" as const, "rollback" as const, "continue" as const),
  onInconclusive: fc.constantFrom("hold" as const, "fail" as const, "pass" as const),
  retries: fc.nat(2),
  preStage: fc.boolean(),
  dark: fc.nat(3),
});

const start = plan.map(({ waves, retries, dark, ...limits }): RolloutState => {
  const planned = waves.map(({ sites, ...rest }, index) =>
    aPlannedWave({ ...rest, name: `w${index}`, sites: names(sites, `w${index}s`) }),
  );
  const retry = { limit: retries, backoffSeconds: 30, factor: 2, maxBackoffSeconds: 600, jitterPercent: 20 };
  const all = planned.flatMap(({ sites }) => sites);
  const without = Object.fromEntries(all.filter((_, index) => index % 4 < dark).map((name) => [name, offline]));
  return stateOf(aPlan({ ...limits, retry, waves: planned }), [], without);
});

const share = fc.constantFrom(0, 0.1, 0.5, 1);
const behaviour = fc
  .record({
    failing: share,
    vanishing: share,
    gateFailing: share,
    approvalSeconds: fc.constantFrom(undefined, 0, 3600),
  })
  .map((shares) => assumed({ seconds: 30, gateSeconds: 20, ...shares }));

describe("a simulated rollout, whatever the plan, the sites and the chance", () => {
  it("comes to an end or says what it waits for, within its caps, and leaves what it was given alone", () => {
    fc.assert(
      fc.property(start, behaviour, fc.nat(), (state, behave, seed) => {
        const before = JSON.stringify([state, [...state.sites.values()]]);
        const { state: end, reached, stuck, endedAt } = simulate(state, behave, randomOf(seed), state.at);
        expect((end.finished === undefined) === (stuck !== undefined)).to.equal(true);
        if (stuck !== undefined) expect(stuck).not.to.equal("");
        if (end.finished !== undefined) expect(finalSites(end)).to.equal(state.sites.size);
        expect(reached).to.be.at.most(state.sites.size);
        expect(endedAt).to.be.at.least(state.at);
        expect(JSON.stringify([state, [...state.sites.values()]])).to.equal(before);
      }),
      { numRuns: 150 },
    );
  });

  it("is the same for the same seed", () => {
    fc.assert(
      fc.property(start, behaviour, fc.nat(), (state, behave, seed) => {
        const [one, other] = [0, 1].map(() => simulate(state, behave, randomOf(seed), 0));
        expect([...(one?.state.sites.values() ?? [])]).to.deep.equal([...(other?.state.sites.values() ?? [])]);
        expect(one?.endedAt).to.equal(other?.endedAt);
      }),
      { numRuns: 40 },
    );
  });

  it("ends as succeeded where nothing fails, nobody is dark and no deadline is set", () => {
    fc.assert(
      fc.property(start, fc.nat(), (state, seed) => {
        const open = {
          ...state.plan,
          deadlineSeconds: undefined,
          waves: state.plan.waves.map((each) => ({ ...each, deadlineSeconds: undefined, quorum: 0 })),
        };
        const end = simulate(stateOf(open, []), usual(noHistory), randomOf(seed), 0);
        expect(end.state.finished?.result ?? end.stuck).to.equal("succeeded");
        expect(end.reached).to.equal(state.sites.size);
      }),
      { numRuns: 60 },
    );
  });

  it("can be taken up anywhere on its way, and a forecast from there has an end or says what it waits for", () => {
    fc.assert(
      fc.property(start, behaviour, fc.nat(), fc.nat(14), (state, behave, seed, runs) => {
        const under = underWay(state, behave, randomOf(seed), runs);
        const { endsAt, stuck, waves } = forecast(under, under.at);
        expect((endsAt === undefined) !== (stuck === undefined)).to.equal(true);
        if (endsAt !== undefined) expect(endsAt).to.be.at.least(under.at);
        expect(waves.size).to.equal(under.waves.length);
      }),
      { numRuns: 80 },
    );
  });
});

class Enough extends Error {}

/** The state in which the rollout was when so many runs had begun, with those that were under way. */
function underWay(state: RolloutState, behave: Behaviour, random: Random, runs: number): RolloutState {
  let [left, current] = [runs, state];
  const watched: Behaviour = {
    ...behave,
    run: (site, chance) => {
      if (left-- === 0) throw new Enough();
      return behave.run(site, chance);
    },
  };
  try {
    return simulate(state, watched, random, state.at, (next) => (current = next)).state;
  } catch (error) {
    if (error instanceof Enough) return current;
    throw error;
  }
}
