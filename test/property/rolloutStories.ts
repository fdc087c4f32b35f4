import fc from "fast-check";

import { alwaysOpen, type Calendar } from "../../fleet/calendar";
import type { ResolvedSite, Rollout, WaveRule } from "../../fleet/model";
import type { RolloutRequest } from "../../rollout/requests";
import type { RolloutState } from "../../rollout/state";
import { aGate, aWaveGate } from "../rollout/gates/aGate";
import type { GateSays, Story } from "../rollout/support/story";
import { aRelease, aRollout, aSite, aWave, everySite } from "../support/fleet";

/** Stories of small fleets in which everything that a rollout knows may occur. */

const regions = ["atlantic", "algarve", "islands"];
const amount = fc.oneof(fc.record({ count: fc.nat(6) }), fc.record({ percent: fc.integer({ min: 0, max: 100 }) }));
/** Mostly enough to go on. */
const budget = fc.oneof({ weight: 1, arbitrary: amount }, { weight: 2, arbitrary: fc.constant({ percent: 60 }) });
/** Once out of so many times. */
const maybe = <T>(some: fc.Arbitrary<T>, outOf = 2): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: outOf - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: some });

/** Any of these are open together for an hour of each night. */
const nightly = (from: string, to: string): Calendar => ({
  windows: [{ days: [], from, to, timeZone: "UTC" }],
  exceptions: [],
});
const calendar = (from: string, to: string) => fc.constantFrom(alwaysOpen, alwaysOpen, nightly(from, to));

const gateTiming = fc.record({
  timeoutSeconds: fc.constantFrom(15, 60),
  passes: fc.integer({ min: 1, max: 2 }),
  failures: fc.integer({ min: 1, max: 2 }),
  onInconclusive: maybe(fc.constantFrom("hold" as const, "fail" as const, "pass" as const)),
});

const gates = (names: readonly string[]) =>
  fc
    .subarray([...names])
    .chain((some) =>
      fc.tuple(...some.map((name) => gateTiming.map((more) => aGate("http", { name, intervalSeconds: 5, ...more })))),
    );

const waveGates = (names: readonly string[]) =>
  fc
    .subarray([...names])
    .chain((some) =>
      fc.tuple(...some.map((name) => gateTiming.map((more) => aWaveGate({ name, intervalSeconds: 5, ...more })))),
    );

const gateSays = (passes: number): fc.Arbitrary<GateSays> =>
  fc.oneof(
    { weight: passes, arbitrary: fc.constant("pass" as const) },
    { weight: 2, arbitrary: fc.constant("later" as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom("fail" as const, "inconclusive" as const, "throws" as const, "hangs" as const),
    },
  );

const siteSpec = fc.record({
  region: fc.constantFrom(...regions),
  uplink: maybe(fc.constantFrom("east", "west")),
  architecture: fc.constantFrom("amd64" as const, "arm64" as const),
  offline: maybe(fc.constant({ reason: "storm", since: "2026-11-01" }), 7),
  maintenance: calendar("01:00", "02:00"),
  seconds: fc.integer({ min: 1, max: 30 }),
  fails: maybe(fc.constantFrom("disk full", "no route"), 5),
  failures: maybe(fc.integer({ min: 1, max: 2 })),
  unreachable: maybe(fc.constant("no answer on port 22"), 8),
  promotionFails: maybe(fc.constant("moved by somebody else"), 12),
  says: gateSays(5),
  presentAfter: fc.constantFrom(0, 0, 100),
  before: maybe(fc.constantFrom("2026.10.0", "2026.10.0", "2026.05.0", "2026.01.0")),
});

const size = fc.oneof(
  amount,
  fc.constant("rest" as const),
  fc.record({ start: fc.integer({ min: 1, max: 3 }), factor: fc.constantFrom(1, 1.5, 2), max: maybe(fc.constant(4)) }),
  fc.record({ groupBy: fc.constantFrom("region", "uplink"), order: fc.constantFrom([], ["islands", "west"]) }),
);

const waveRule = (index: number) =>
  fc
    .record({
      size: index === 0 ? fc.oneof(amount, fc.constant("rest" as const)) : size,
      expression: maybe(fc.constantFrom("Exists" as const, "DoesNotExist" as const)),
      maxConcurrency: maybe(fc.integer({ min: 1, max: 5 })),
      maxFailures: maybe(budget, 3),
      maxDeferred: maybe(budget, 6),
      quorum: maybe(amount, 8),
      representation: fc.constantFrom([], [], [], [], ["region"]),
      soakSeconds: fc.constantFrom(0, 0, 60),
      deadlineSeconds: maybe(fc.constantFrom(30, 300, 90_000), 8),
      approval: maybe(fc.record({ count: fc.integer({ min: 1, max: 2 }), signed: fc.boolean() }), 3),
      gates: gates(["of-wave"]),
      waveGates: waveGates(["wave-first", "wave-second"]),
      maintenance: calendar("20:00", "03:00"),
    })
    .map(({ expression, ...rule }): WaveRule => ({
      ...aWave({ name: `wave-${index}` }),
      ...rule,
      canary: index === 0,
      selector: {
        ...everySite,
        matchExpressions: expression === undefined ? [] : [{ key: "uplink", operator: expression, values: [] }],
      },
    }));

const rolloutOf = fc
  .record({
    waves: fc
      .integer({ min: 1, max: 4 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => waveRule(index)))),
    maxConcurrency: fc.integer({ min: 1, max: 5 }),
    maxFailures: budget,
    maxDeferred: maybe(budget, 4),
    failureDomain: maybe(
      fc.record({
        label: fc.constantFrom("uplink", "region"),
        maxConcurrency: maybe(fc.integer({ min: 1, max: 2 })),
        maxFailures: maybe(budget, 3),
        maxDeferred: maybe(budget, 4),
      }),
    ),
    deadlineSeconds: maybe(fc.constantFrom(60, 600, 200_000), 8),
    onFailure: fc.constantFrom("halt" as const, "rollback" as const, "continue" as const),
    onInconclusive: fc.constantFrom("hold" as const, "fail" as const, "pass" as const),
    retry: fc.record({
      limit: fc.nat(2),
      backoffSeconds: fc.constantFrom(0, 10),
      factor: fc.constantFrom(1, 2),
      maxBackoffSeconds: fc.constant(15),
      jitterPercent: fc.constantFrom(0, 20),
    }),
    gates: gates(["first", "second"]),
    waveGates: waveGates(["all-waves"]),
    maintenance: calendar("22:00", "04:00"),
    catchUp: fc.record({
      maxConcurrency: fc.integer({ min: 1, max: 3 }),
      expireSeconds: maybe(fc.constant(10), 3),
      maxHops: fc.constantFrom(1, 10, 10),
    }),
    preStage: fc.boolean(),
  })
  .map((fields): Rollout => ({ ...aRollout(), ...fields }));

const releases = [
  aRelease({ name: "2026.01.0", date: "2026-01-02", kubernetes: "1.32.1" }),
  aRelease({ name: "2026.05.0", date: "2026-05-02", kubernetes: "1.33.1" }),
  aRelease({ name: "2026.08.0", date: "2026-08-02", kubernetes: "1.34.1" }),
  aRelease({ name: "2026.10.0", date: "2026-10-02", kubernetes: "1.35.1" }),
  aRelease(),
];

/** What somebody may ask at any moment, of a site or wave that the rollout may have. */
export const anyRequest: fc.Arbitrary<RolloutRequest> = fc
  .tuple(fc.nat(13), fc.nat(4), fc.constantFrom("pass" as const, "fail" as const))
  .chain(([site, wave, result]) => {
    const by = "bea";
    const name = site === 0 ? "porto" : `site-${site}`;
    return fc.constantFrom<RolloutRequest>(
      { type: "pause", by },
      { type: "pause", by, reason: "storm" },
      { type: "resume", by },
      { type: "abort", by },
      { type: "approve-wave", by, wave: `wave-${wave}` },
      { type: "approve-wave", by, wave: `wave-${wave}`, expires: 1 },
      { type: "approve-site", by, site: name },
      { type: "retry", by, outcomes: ["failed"], sites: [] },
      { type: "retry", by, outcomes: ["failed", "skipped", "cancelled", "deferred"], sites: [] },
      { type: "retry", by, outcomes: [], sites: [name, name] },
      { type: "retry", by, outcomes: ["failed"], sites: [], waves: [`wave-${wave}`] },
      { type: "catch-up", by, sites: [name, name] },
      { type: "rollback", by },
      { type: "rollback", by, wave: `wave-${wave}`, reason: "it smells" },
      { type: "evidence", by, site: name, result, detail: "fans stand still" },
    );
  });

/** What somebody may ask of a rollout that has ended. */
const laterRequest = fc.oneof(
  anyRequest.map((request) => () => request),
  fc.constant((state: RolloutState): RolloutRequest => {
    const sites = [...state.sites.values()].filter(({ outcome, frozen }) => outcome === "deferred" && !frozen.offline);
    return { type: "catch-up", by: "bea", sites: sites.map(({ site }) => site) };
  }),
  fc.constant((state: RolloutState): RolloutRequest => {
    const dark = [...state.sites.values()].filter(({ outcome }) => outcome === "deferred");
    const frozen = dark.map(({ frozen: { offline: _, ...site } }) => ({ ...site, region: "islands" }));
    return { type: "catch-up", by: "bea", sites: dark.map(({ site }) => site), frozen };
  }),
);

const asked = fc.array(fc.record({ after: fc.integer({ min: 1, max: 80 }), request: anyRequest }), { maxLength: 3 });

export const stories: fc.Arbitrary<Story> = fc
  .record({
    specs: fc.array(siteSpec, { minLength: 0, maxLength: 14 }),
    rollout: rolloutOf,
    saysOfWaves: fc.array(gateSays(7), { minLength: 4, maxLength: 4 }),
    asked,
    askedLater: fc.array(laterRequest, { maxLength: 3 }),
  })
  .map(({ specs, rollout, saysOfWaves, ...rest }) => {
    const sites = specs.map(({ region, architecture, offline, uplink, maintenance }, index): ResolvedSite => ({
      ...aSite({ region, architecture }, index),
      labels: uplink === undefined ? {} : { uplink },
      maintenance,
      offline,
    }));
    const name = (index: number) => sites[index]?.name ?? "";
    const scripts = specs.map(({ seconds, fails, failures, unreachable, promotionFails }, index) => [
      name(index),
      {
        seconds,
        ...(fails && { fails, ...(failures && { failures }) }),
        ...(unreachable && { unreachable }),
        ...(promotionFails && { promotionFails }),
      },
    ]);
    return {
      sites,
      releases,
      release: releases.at(-1)!,
      rollout,
      scripts: Object.fromEntries(scripts),
      says: Object.fromEntries(specs.map(({ says }, index) => [name(index), says])),
      saysOfWaves: Object.fromEntries(saysOfWaves.map((says, index) => [`wave-${index}`, says])),
      presentAfter: Object.fromEntries(specs.map(({ presentAfter }, index) => [name(index), presentAfter])),
      before: Object.fromEntries(
        specs.flatMap(({ before }, index) => (before === undefined ? [] : [[name(index), before]])),
      ),
      ...rest,
    };
  });
