import { expect } from "chai";

import type { Calendar } from "../../../fleet/calendar";
import type { RolloutEvent } from "../../../rollout/events";
import type { Plan, PlannedWave } from "../../../rollout/plan";
import { why } from "../../../rollout/why";
import { decided, ends, haltReason } from "../support/decided";
import { aPlan, aPlannedWave, ended, started, stateOf, waveStarted } from "../support/plan";

const hour = 3_600_000;
const daily = (from: string, to: string): Calendar => ({
  windows: [{ days: [], from, to, timeZone: "UTC" }],
  exceptions: [],
});

describe("deadlines", () => {
  const plan = aPlan({ deadlineSeconds: 10 });
  it("waits for the rollout's deadline beside everything else", () => {
    expect(decided(stateOf(plan, [waveStarted, started("a"), started("b")]))).to.deep.equal(["wait 10000"]);
  });
  it("halts at the rollout's deadline while something is left", () => {
    expect(haltReason(stateOf(plan, [waveStarted]), 9_999)).to.equal(undefined);
    expect(haltReason(stateOf(plan, [waveStarted]), 10_000)).to.equal(
      "the rollout's deadline passed with 3 sites left",
    );
  });
  it("halts at a deadline while the rollout is paused", () => {
    const state = stateOf(plan, [waveStarted, { type: "paused", by: "ana" }]);
    expect(decided(state, 10_000)).to.deep.equal(["rollout-halted"]);
  });
  it("counts a wave's deadline from the wave's start", () => {
    const state = stateOf(aPlan({}, { deadlineSeconds: 10 }), [waveStarted, started("a")]);
    expect(haltReason(state, 10_000)).to.equal(undefined);
    expect(haltReason(state, 10_001)).to.equal("the deadline of wave all passed with 3 sites left");
  });
  it("does not ask to be woken again for a deadline that has passed with nothing left to do", () => {
    const waves = [aPlannedWave({ sites: ["a"], soakSeconds: 100 }), aPlannedWave({ name: "empty", sites: [] })];
    const state = stateOf(aPlan({ waves, deadlineSeconds: 10 }), [
      waveStarted,
      started("a"),
      ended("a", "succeeded"),
      { type: "wave-finished", wave: "all" },
      { type: "soak-started", wave: "all", until: 100_003 },
    ]);
    expect(decided(state, 20_000)).to.deep.equal(["wait 100003"]);
  });
  it("starts anew when a run that has ended is opened again", () => {
    const state = stateOf(plan, [
      waveStarted,
      started("a"),
      ended("a", "failed"),
      ended("b", "skipped"),
      ended("c", "skipped"),
      { type: "rollout-finished", result: "halted" },
      { type: "rollout-reopened", kind: "retry", by: "ana", sites: ["a"] },
    ]);
    expect(haltReason(state, 10_006)).to.equal(undefined);
    expect(haltReason(state, 10_007)).to.match(/deadline passed with 1 site left/);
  });
});

describe("approvals", () => {
  const wave = (count: number, signed = false) => aPlan({}, { approval: { count, signed } });
  const approved = (by: string, more: object = {}): RolloutEvent => ({ type: "approved", wave: "all", by, ...more });
  const signed = { signed: { text: "t", signature: "s", fingerprint: "f" } };
  const cases: [string, Plan, readonly RolloutEvent[], number, boolean][] = [
    ["waits for an approval", wave(1), [], 100, false],
    ["starts with an approval", wave(1), [approved("ana")], 100, true],
    ["does not count one person twice", wave(2), [approved("ana"), approved("ana")], 100, false],
    ["starts when two people have approved", wave(2), [approved("ana"), approved("bea")], 100, true],
    ["does not count an approval that has run out", wave(1), [approved("ana", { expires: 100 })], 100, false],
    ["counts an approval until it runs out", wave(1), [approved("ana", { expires: 100 })], 99, true],
    [
      "does not count an unsigned approval where signed ones are asked for",
      wave(1, true),
      [approved("ana")],
      100,
      false,
    ],
    ["counts a signed approval", wave(1, true), [approved("ana", signed)], 100, true],
  ];
  for (const [name, plan, events, now, starts] of cases) {
    it(name, () => {
      const state = stateOf(plan, events);
      expect(decided(state, now)).to.deep.equal(starts ? ["wave-started"] : []);
      if (!starts) expect(why(state, "a", now)).to.include({ status: "blocked" });
      if (!starts) expect(why(state, "all", now)?.condition).to.match(/^wave all waits for approval: /);
    });
  }
});

describe("windows", () => {
  // The first event comes at midnight, 1 January 1970, UTC.
  const cases: [string, Partial<Plan>, Partial<PlannedWave>, Calendar | undefined, number, string[]][] = [
    [
      "waits for the rollout's window",
      { maintenance: daily("02:00", "04:00") },
      {},
      undefined,
      0,
      [`wait ${2 * hour}`],
    ],
    ["waits for the wave's window", {}, { maintenance: daily("03:00", "04:00") }, undefined, 0, [`wait ${3 * hour}`]],
    ["waits for the site's own window", {}, {}, daily("05:00", "06:00"), 0, [`wait ${5 * hour}`]],
    [
      "waits until all of them are open",
      { maintenance: daily("01:00", "06:00") },
      { maintenance: daily("03:00", "08:00") },
      daily("05:00", "06:00"),
      0,
      [`wait ${5 * hour}`],
    ],
    [
      "starts while all of them are open",
      { maintenance: daily("01:00", "06:00") },
      {},
      daily("05:00", "06:00"),
      5 * hour,
      ["+a"],
    ],
    [
      "starts nothing more once a window has closed",
      { maintenance: daily("01:00", "06:00") },
      {},
      undefined,
      6 * hour,
      [`wait ${25 * hour}`],
    ],
  ];
  for (const [name, plan, wave, maintenance, now, expected] of cases) {
    it(name, () => {
      const sites = { a: maintenance === undefined ? {} : { maintenance } };
      const state = stateOf(aPlan(plan, { sites: ["a"], ...wave }), [waveStarted], sites);
      expect(decided(state, now)).to.deep.equal(expected);
    });
  }
  it("starts a site without windows while another one waits for its own", () => {
    const state = stateOf(aPlan(), [waveStarted], { a: { maintenance: daily("05:00", "06:00") } });
    expect(decided(state)).to.deep.equal(["+b", "+c"]);
  });
  it("takes a site back outside of its window", () => {
    const state = stateOf(aPlan({ maintenance: daily("05:00", "06:00") }, { sites: ["a"] }), [
      waveStarted,
      started("a"),
      ended("a", "failed"),
      { type: "rollout-finished", result: "failed" },
      { type: "rollback-started", by: "ana", reason: "x", sites: [{ site: "a", release: "2026.10.0" }], without: [] },
    ]);
    expect(decided(state)).to.deep.equal(["+a/2"]);
  });
});

describe("pre-staging", () => {
  const plan = aPlan({ preStage: true, maxConcurrency: 2 });
  const staged = (site: string, more: object): RolloutEvent => ({ type: "site-staged", site, ...more });
  const asked = (site: string): RolloutEvent => ({ type: "site-staging", site });
  const cases: [string, readonly RolloutEvent[], string[]][] = [
    [
      "looks for content before the wave starts, as many sites at once as may be in flight",
      [],
      ["?a", "?b", "wave-started"],
    ],
    ["starts no site whose content is not proven present", [waveStarted, asked("a"), asked("b")], []],
    [
      "starts a site whose content is",
      [waveStarted, asked("a"), asked("b"), staged("a", { proof: "p" })],
      ["?c", "+a"],
    ],
    [
      "looks again later for what was missing",
      [waveStarted, asked("a"), asked("b"), asked("c"), staged("a", { missing: "base", until: 500 })],
      [],
    ],
    [
      "asks anew after a driver died while it asked",
      [waveStarted, asked("a"), asked("b"), { type: "driver-resumed", host: "h", pid: 1, inFlight: [] }],
      ["?a", "?b"],
    ],
  ];
  for (const [name, events, expected] of cases) {
    it(name, () =>
      expect(decided(stateOf(plan, events)).filter((text) => !text.startsWith("wait"))).to.deep.equal(expected),
    );
  }
  it("looks for no content of a site without a link", () => {
    const state = stateOf(plan, [], { a: { offline: { reason: "storm", since: "2026-11-01" } } });
    expect(decided(state)).to.deep.equal(["?b", "?c", "wave-started"]);
  });
});

describe("pausing", () => {
  const paused: RolloutEvent = { type: "paused", by: "ana", reason: "storm" };
  const cases: [string, readonly RolloutEvent[], string[]][] = [
    ["starts no wave", [paused], []],
    ["starts no site", [waveStarted, paused], []],
    [
      "lets a wave end",
      [waveStarted, ...["a", "b", "c"].flatMap((site) => [started(site), ended(site, "succeeded")]), paused],
      ["wave-finished"],
    ],
    ["goes on once it is over", [waveStarted, paused, { type: "unpaused", by: "ana" }], ["+a", "+b"]],
    [
      "does not take up a run that was cut off",
      [waveStarted, started("a"), paused, { type: "driver-resumed", host: "h", pid: 1, inFlight: ["a"] }],
      [],
    ],
  ];
  for (const [name, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(aPlan({ maxConcurrency: 3 }), events))).to.deep.equal(expected));
  }
  it("does not take up a run that was cut off after a halt either, and says so", () => {
    const events = [waveStarted, started("a"), { type: "rollout-halted", reason: "x" }, paused] as const;
    const state = stateOf(aPlan({}, { sites: ["a"] }), [
      ...events,
      { type: "driver-resumed", host: "h", pid: 1, inFlight: ["a"] },
    ]);
    expect(decided(state)).to.deep.equal([]);
    expect(why(state, "a", 100)).to.include({ status: "blocked", condition: "the rollout was paused by ana: storm" });
  });
});

describe("the end of what was not run", () => {
  const repeat: RolloutEvent = { type: "site-retry-scheduled", site: "a", reason: "run 1 failed", until: 1000 };
  const halt: RolloutEvent = { type: "rollout-halted", reason: "enough" };
  const abort: RolloutEvent = { type: "abort-requested", by: "ana" };
  const resumed: RolloutEvent = { type: "driver-resumed", host: "h", pid: 1, inFlight: ["a"] };
  const again: readonly RolloutEvent[] = [
    waveStarted,
    started("a"),
    ended("a", "failed"),
    ended("b", "skipped"),
    ended("c", "skipped"),
    { type: "rollout-finished", result: "halted" },
    { type: "rollout-reopened", kind: "retry", by: "ana", sites: ["a"] },
    waveStarted,
  ];
  const cases: [string, readonly RolloutEvent[], string[]][] = [
    ["is skipped in a halt", [waveStarted, halt], ["a skipped", "b skipped", "c skipped"]],
    [
      "is failed in a halt, where a repeat was waited for",
      [waveStarted, started("a"), repeat, halt],
      ["a failed", "b skipped", "c skipped"],
    ],
    ["is skipped in a halt, though it was run before it was taken up again", [...again, halt], ["a skipped"]],
    ["is skipped in an abort", [waveStarted, abort], ["a skipped", "b skipped", "c skipped"]],
    [
      "is cancelled in an abort, where a run was cut off",
      [waveStarted, started("a"), abort, resumed],
      ["a cancelled", "b skipped", "c skipped"],
    ],
  ];
  for (const [name, events, expected] of cases) {
    it(name, () => expect(ends(stateOf(aPlan(), events))).to.deep.equal(expected));
  }
  it("waits in an abort for what runs", () => {
    const state = stateOf(aPlan({}, { sites: ["a"] }), [waveStarted, started("a"), abort]);
    expect(decided(state)).to.deep.equal([]);
  });
  it("takes a run up again in a halt that was cut off by its driver's death", () => {
    const state = stateOf(aPlan({}, { sites: ["a"] }), [waveStarted, started("a"), halt, resumed]);
    expect(decided(state)).to.deep.equal(["+a/2"]);
    expect(why(state, "a", 100)?.condition).to.equal("it is about to be started");
  });
});
