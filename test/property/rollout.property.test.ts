import { expect } from "chai";
import fc from "fast-check";

import type { ResolvedSite, Rollout, WaveRule } from "../../fleet/model";
import { exceededBudget } from "../../rollout/budget";
import type { RecordedEvent } from "../../rollout/events";
import { applyEvent, foldEvents } from "../../rollout/fold";
import { planWaves } from "../../rollout/planWaves";
import type { RolloutState } from "../../rollout/state";
import { why } from "../../rollout/why";
import { aWorld, drive, outcomesOf } from "../rollout/drive";
import type { Script } from "../rollout/scriptedFleet";
import { aRollout, aSite, aWave } from "../support/fleet";

const regions = ["atlantic", "algarve", "islands"];

interface Case {
  readonly sites: readonly ResolvedSite[];
  readonly rollout: Rollout;
  readonly scripts: Readonly<Record<string, Script>>;
}

const amount = fc.oneof(fc.record({ count: fc.nat(6) }), fc.record({ percent: fc.integer({ min: 0, max: 100 }) }));

const siteSpec = fc.record({
  region: fc.constantFrom(...regions),
  architecture: fc.constantFrom("amd64" as const, "arm64" as const),
  offline: fc.boolean().map((yes) => (yes ? { reason: "storm", since: "2026-11-01" } : undefined)),
  seconds: fc.integer({ min: 1, max: 30 }),
  fails: fc.option(fc.constantFrom("disk full", "no route"), { nil: undefined }),
  promotionFails: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant("moved by somebody else") },
  ),
});

const waveRule = (index: number) =>
  fc
    .record({
      canary: fc.constant(index === 0),
      size: fc.oneof(amount, fc.constant("rest" as const)),
      regions: fc.subarray(regions).map((some) => (some.length === regions.length ? [] : some)),
      maxConcurrency: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      maxFailures: fc.option(amount, { nil: undefined }),
      soakSeconds: fc.constantFrom(0, 0, 60),
    })
    .map((rule): WaveRule => ({
      ...aWave({ name: `wave-${index}` }),
      canary: rule.canary,
      size: rule.size,
      selector: { names: [], regions: rule.regions, profiles: [], matchLabels: {}, matchExpressions: [] },
      maxConcurrency: rule.maxConcurrency,
      maxFailures: rule.maxFailures,
      soakSeconds: rule.soakSeconds,
    }));

const cases: fc.Arbitrary<Case> = fc
  .record({
    specs: fc.array(siteSpec, { minLength: 0, maxLength: 14 }),
    waves: fc
      .integer({ min: 1, max: 4 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => waveRule(i)))),
    maxConcurrency: fc.integer({ min: 1, max: 5 }),
    maxFailures: amount,
    maxDeferred: fc.option(amount, { nil: undefined }),
  })
  .map(({ specs, waves, maxConcurrency, maxFailures, maxDeferred }) => {
    const sites = specs.map(({ region, architecture, offline }, index) => ({
      ...aSite({ region, architecture }, index),
      offline,
    }));
    const scripts = Object.fromEntries(
      specs.map(({ seconds, fails, promotionFails }, index) => [
        sites[index]?.name ?? "",
        { seconds, ...(fails && { fails }), ...(promotionFails && { promotionFails }) },
      ]),
    );
    return { sites, scripts, rollout: { ...aRollout(), waves, maxConcurrency, maxFailures, maxDeferred } };
  });

/** The states of a run, one after each event. */
function statesOf(events: readonly RecordedEvent[]): RolloutState[] {
  return events
    .slice(1)
    .reduce((states, event) => [...states, applyEvent(states.at(-1)!, event)], [foldEvents(events.slice(0, 1))]);
}

/** Runs whatever case comes; the promise rejects if the end is not reached. */
async function told({ sites, rollout, scripts }: Case) {
  const world = aWorld(sites, rollout, scripts);
  const state = await drive(world);
  return { world, state, events: world.ledger.recorded };
}

describe("planWaves, for any fleet and rollout", () => {
  it("puts each site into exactly one wave, or reports it", () => {
    fc.assert(
      fc.property(cases, ({ sites, rollout }) => {
        const plan = planWaves(sites, rollout);
        const all = [...plan.waves.flatMap((wave) => wave.sites), ...plan.unassigned.map(({ site }) => site)];
        expect(all.toSorted()).to.deep.equal(sites.map(({ name }) => name).toSorted());
      }),
    );
  });

  it("does not depend on the order of the sites", () => {
    const shuffled = cases.chain((one) =>
      fc.shuffledSubarray([...one.sites], { minLength: one.sites.length }).map((sites) => ({ ...one, again: sites })),
    );
    fc.assert(
      fc.property(shuffled, ({ sites, again, rollout }) => {
        expect(planWaves(again, rollout)).to.deep.equal(planWaves(sites, rollout));
      }),
    );
  });

  it("takes an offline site into a canary only when no other is left", () => {
    fc.assert(
      fc.property(cases, ({ sites, rollout }) => {
        const plan = planWaves(sites, { ...rollout, waves: rollout.waves.map((wave) => ({ ...wave, canary: true })) });
        const offline = new Set(sites.filter((site) => site.offline).map(({ name }) => name));
        const taken = new Set<string>();
        plan.waves.forEach((wave, index) => {
          const rule = rollout.waves[index];
          const allowed = sites.filter(
            ({ region }) => rule?.selector.regions.length === 0 || rule?.selector.regions.includes(region),
          );
          for (const site of wave.sites) taken.add(site);
          const onlineLeft = allowed.some(({ name }) => !offline.has(name) && !taken.has(name));
          if (onlineLeft) expect(wave.sites.filter((site) => offline.has(site))).to.be.empty;
        });
      }),
    );
  });

  it("represents every region in a wave that is large enough", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 3, max: 8 }), ({ sites }, count) => {
        const plan = planWaves(sites, aRollout({ waves: [aWave({ name: "some", size: { count } })] }));
        const regionOf = new Map(sites.map((site) => [site.name, site.region]));
        const represented = new Set(plan.waves[0]?.sites.map((name) => regionOf.get(name)));
        expect(represented.size).to.equal(new Set(sites.map(({ region }) => region)).size);
      }),
    );
  });
});

describe("a rollout, for any fleet and whatever its sites do", () => {
  it("reaches an end, with an outcome for each planned site", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { state } = await told(one);
        expect(state.finished).not.to.equal(undefined);
        expect([...state.sites.values()].every(({ outcome }) => outcome !== undefined)).to.equal(true);
        expect(state.running).to.equal(0);
      }),
    );
  });

  it("holds every cap at every moment", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { events, world } = await told(one);
        for (const state of statesOf(events)) {
          expect(state.running).to.be.at.most(one.rollout.maxConcurrency);
          for (const wave of state.waves) expect(wave.running).to.be.at.most(wave.plan.maxConcurrency);
        }
        expect(world.runner.mostInFlight).to.be.at.most(one.rollout.maxConcurrency);
      }),
    );
  });

  it("finishes each wave before it starts the next, the canary first, with the soak between them", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { state } = await told(one);
        state.waves.slice(1).forEach((wave, index) => {
          const before = state.waves[index];
          if (wave.startedAt === undefined) return;
          const ran = before?.plan.sites.some((site) => state.sites.get(site)?.startedAt !== undefined);
          const soak = ran === true ? (before?.plan.soakSeconds ?? 0) * 1000 : 0;
          expect(wave.startedAt).to.be.at.least((before?.finishedAt ?? Infinity) + soak);
        });
      }),
    );
  });

  it("never starts a site while a budget is exceeded", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { events } = await told(one);
        const states = statesOf(events);
        events.forEach(({ event }, index) => {
          const before = states[index - 1];
          if (event.type === "site-started" && before) expect(exceededBudget(before)).to.equal(undefined);
        });
      }),
    );
  });

  it("never counts a deferred site as a failure, runs it or promotes it", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { state, world } = await told({
          ...one,
          scripts: {},
          rollout: { ...one.rollout, maxDeferred: undefined },
        });
        expect(state.tally.failed).to.equal(0);
        if (state.halted !== undefined) expect(state.halted.reason).to.match(/^every site of canary/);
        const offline = one.sites.filter((site) => site.offline).map(({ name }) => name);
        for (const name of offline) {
          expect(world.runner.runs).not.to.include(name);
          expect(world.runner.promoted.has(name)).to.equal(false);
        }
      }),
    );
  });

  it("says why, for every site and wave, at every moment", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { events } = await told(one);
        for (const state of statesOf(events)) {
          for (const name of [...one.sites.map((site) => site.name), ...state.plan.waves.map((wave) => wave.name)]) {
            const answer = why(state, name, state.at);
            expect(answer?.condition).to.match(/\S/);
            expect(answer?.remedy).to.match(/\S/);
            expect(answer?.since).to.be.at.most(state.at);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a rollout whose driver was killed after any event", () => {
  /** With one site at a time, or without a halt, what is started does not depend on how long a repeated run takes. */
  const settled = cases.map((one): Case =>
    one.sites.length % 2 === 0
      ? { ...one, rollout: { ...one.rollout, maxConcurrency: 1 } }
      : {
          ...one,
          rollout: {
            ...one.rollout,
            maxFailures: { percent: 100 },
            waves: one.rollout.waves.map((wave) => ({ ...wave, maxFailures: undefined })),
          },
        },
  );

  it("ends with the same outcomes as one that was not killed", async () => {
    await fc.assert(
      fc.asyncProperty(settled, fc.nat(), async (one, at) => {
        const whole = await told(one);
        const cut = 1 + (at % whole.events.length);
        const prefix = whole.events.slice(0, cut);
        const world = aWorld(one.sites, one.rollout, one.scripts, prefix);
        const wasFinished = prefix.some(({ event }) => event.type === "rollout-finished");
        const state = wasFinished ? foldEvents(prefix) : await drive(world);
        expect(state.run).to.equal(whole.state.run);
        expect(outcomesOf(state)).to.deep.equal(outcomesOf(whole.state));
        expect(state.finished?.result).to.equal(whole.state.finished?.result);
      }),
      { numRuns: 200 },
    );
  });

  it("runs each repeated site with a higher token, and no finished site again", async () => {
    await fc.assert(
      fc.asyncProperty(settled, fc.nat(), async (one, at) => {
        const whole = await told(one);
        const prefix = whole.events.slice(0, 1 + (at % whole.events.length));
        if (prefix.some(({ event }) => event.type === "rollout-finished")) return;
        const world = aWorld(one.sites, one.rollout, one.scripts, prefix);
        const before = foldEvents(prefix);
        await drive(world);
        for (const site of before.sites.values()) {
          if (site.phase === "final") expect(world.runner.runs).not.to.include(site.site);
          for (const token of world.runner.tokens.get(site.site) ?? []) expect(token).to.be.greaterThan(site.token);
        }
      }),
    );
  });

  it("ends with the same outcomes when it was stopped and resumed instead", async () => {
    await fc.assert(
      fc.asyncProperty(settled, fc.nat(), async (one, at) => {
        const whole = await told(one);
        const world = aWorld(one.sites, one.rollout, one.scripts);
        const stop = new AbortController();
        const stopAt = 1 + (at % whole.events.length);
        let state = await drive(world, {
          signal: stop.signal,
          onEvent: ({ sequence }) => sequence >= stopAt && stop.abort(),
        });
        if (state.finished === undefined) state = await drive(world);
        expect(outcomesOf(state)).to.deep.equal(outcomesOf(whole.state));
      }),
    );
  });
});
