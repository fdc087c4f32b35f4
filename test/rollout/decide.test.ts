import { expect } from "chai";

import { describeExceeded, exceededBudget } from "../../rollout/budget";
import { decide } from "../../rollout/decide/decide";
import type { RecordedEvent, RolloutEvent } from "../../rollout/events";
import { applyEvent, foldEvents } from "../../rollout/fold";
import type { Plan } from "../../rollout/plan";
import { SiteTable } from "../../rollout/siteTable";
import type { RolloutState } from "../../rollout/state";
import { aPlan, ended, halted, offline, resumed, started, stateOf, waveStarted } from "./support/plan";

/** Types of events that are recorded, and sites that are started, such as `+a` or `+a/2` for its second run. */
function decided(state: RolloutState, now = 100): string[] {
  return decide(state, now).flatMap((command) => {
    if (command.type === "record") return command.events.map((event) => event.type);
    if (command.type === "wait") return [`wait ${command.until}`];
    if (command.type === "stage-site") return [`?${command.site}`];
    if (command.type === "check-gate") return [`${command.gate}?${command.site}`];
    if (command.type === "check-wave-gate") return [`${command.gate}?${command.wave}`];
    return [`+${command.site}${command.attempt > 1 ? `/${command.attempt}` : ""}`];
  });
}

describe("decide", () => {
  const cases: [string, Plan, readonly RolloutEvent[], string[]][] = [
    ["starts the first wave", aPlan(), [], ["wave-started"]],
    ["starts as many sites as may run at once", aPlan(), [waveStarted], ["+a", "+b"]],
    ["starts only one where the wave allows one", aPlan({}, { maxConcurrency: 1 }), [waveStarted], ["+a"]],
    ["starts nothing while all places are taken", aPlan(), [waveStarted, started("a"), started("b")], []],
    [
      "starts the next site when one has ended",
      aPlan(),
      [waveStarted, started("a"), started("b"), ended("a", "succeeded")],
      ["+c"],
    ],
    [
      "waits for the last site of a wave",
      aPlan(),
      [waveStarted, ended("a", "skipped"), ended("b", "skipped"), started("c")],
      [],
    ],
    [
      "finishes a wave when each site has an outcome",
      aPlan(),
      [waveStarted, ended("a", "skipped"), ended("b", "failed"), ended("c", "skipped")],
      ["wave-finished"],
    ],
    ["finishes an empty wave at once", aPlan({}, { sites: [] }), [waveStarted], ["wave-finished"]],
    [
      "finishes the rollout after its last wave",
      aPlan({}, { sites: [] }),
      [waveStarted, { type: "wave-finished", wave: "all" }],
      ["rollout-finished"],
    ],
    [
      "halts when more sites failed than the rollout allows",
      aPlan({ maxFailures: 0 }),
      [waveStarted, started("a"), ended("a", "failed")],
      ["rollout-halted"],
    ],
    [
      "halts when more sites failed than the wave allows",
      aPlan({}, { maxFailures: 0 }),
      [waveStarted, started("a"), ended("a", "failed")],
      ["rollout-halted"],
    ],
    [
      "goes on at the limit",
      aPlan({ maxFailures: 1 }),
      [waveStarted, started("a"), ended("a", "failed")],
      ["+b", "+c"],
    ],
    [
      "does not count deferred or skipped sites as failures",
      aPlan({ maxFailures: 0 }),
      [waveStarted, ended("a", "deferred"), ended("b", "skipped")],
      ["+c"],
    ],
    [
      "skips what was not started after a halt",
      aPlan(),
      [waveStarted, started("a"), halted],
      ["site-finished", "site-finished"],
    ],
    ["lets running sites finish after a halt", aPlan({}, { sites: ["a"] }), [waveStarted, started("a"), halted], []],
    [
      "ends a halted rollout when nothing runs any more",
      aPlan({}, { sites: ["a"] }),
      [waveStarted, started("a"), halted, ended("a", "succeeded")],
      ["rollout-finished"],
    ],
    [
      "takes up a run again that a kill cut off, also after a halt",
      aPlan({}, { sites: ["a"] }),
      [waveStarted, started("a"), halted, resumed],
      ["+a/2"],
    ],
    [
      "repeats what was running when the driver was killed, before anything else",
      aPlan(),
      [waveStarted, started("a"), started("b"), ended("a", "succeeded"), resumed],
      ["+b/2", "+c"],
    ],
    [
      "repeats what was cancelled",
      aPlan(),
      [waveStarted, started("a"), ended("a", "cancelled"), resumed],
      ["+a/2", "+b"],
    ],
    [
      "waits for running sites when it shall stop",
      aPlan(),
      [waveStarted, started("a"), { type: "stop-requested", reason: "x" }],
      [],
    ],
    [
      "ends as interrupted when nothing runs any more",
      aPlan(),
      [waveStarted, { type: "stop-requested", reason: "x" }],
      ["interrupted"],
    ],
    [
      "ends as interrupted where it waits for somebody, although all sites are done",
      aPlan({}, { approval: { count: 1, signed: false }, sites: ["a"] }),
      [{ type: "stop-requested", reason: "x" }],
      ["interrupted"],
    ],
    ["does nothing more after it was interrupted", aPlan(), [waveStarted, { type: "interrupted", left: 3 }], []],
  ];
  for (const [name, plan, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(plan, events))).to.deep.equal(expected));
  }

  it("defers all offline sites of a wave before it starts another one", () => {
    const state = stateOf(aPlan(), [waveStarted], { b: offline, c: offline });
    expect(decide(state, 0)).to.have.length(1);
    expect(decided(state)).to.deep.equal(["site-finished", "site-finished"]);
  });

  it("halts on the wave's own budget for deferrals", () => {
    const state = stateOf(aPlan({}, { maxDeferred: 0 }), [waveStarted, ended("b", "deferred")]);
    expect(decided(state)).to.deep.equal(["rollout-halted"]);
  });

  describe("between two waves", () => {
    const first = aPlan({}, { sites: ["a"], soakSeconds: 10 }).waves[0]!;
    const plan = aPlan({ waves: [first, { ...first, name: "rest", sites: ["b"] }] });
    // The site ends at 3 and the wave at 4, so that the soak lasts until 10,003.
    const over = [waveStarted, started("a"), ended("a", "succeeded"), { type: "wave-finished", wave: "all" }] as const;
    const soaking = { type: "soak-started", wave: "all", until: 10_003 } as const;

    it("begins the soak, counted from the last change of a site", () => {
      expect(decide(stateOf(plan, over), 100)).to.deep.equal([{ type: "record", events: [soaking] }]);
    });
    it("waits until the soak is over", () =>
      expect(decided(stateOf(plan, [...over, soaking]))).to.deep.equal(["wait 10003"]));
    it("ends the soak, then starts the next wave", () => {
      expect(decided(stateOf(plan, [...over, soaking]), 10_003)).to.deep.equal(["soak-finished"]);
      const after = stateOf(plan, [...over, soaking, { type: "soak-finished", wave: "all" }]);
      expect(decided(after, 10_003)).to.deep.equal(["wave-started"]);
    });
    it("does not soak after the last wave", () => {
      const last = aPlan({}, { sites: ["a"], soakSeconds: 10 });
      expect(decided(stateOf(last, over))).to.deep.equal(["rollout-finished"]);
    });
    it("stops at once in a soak", () => {
      const state = stateOf(plan, [...over, soaking, { type: "stop-requested", reason: "x" }]);
      expect(decided(state)).to.deep.equal(["interrupted"]);
    });
  });
});

describe("exceededBudget", () => {
  it("names the rollout's budget before a wave's", () => {
    const plan = aPlan({ maxFailures: 0 }, { maxFailures: 0 });
    const exceeded = exceededBudget(stateOf(plan, [waveStarted, started("a"), ended("a", "failed")]));
    expect(exceeded).to.deep.equal({ kind: "failures", wave: undefined, domain: undefined, count: 1, limit: 0 });
  });

  it("is told in words", () => {
    expect(describeExceeded({ kind: "failures", wave: "canary", domain: undefined, count: 2, limit: 1 })).to.equal(
      "2 sites failed in wave canary; its budget allows 1",
    );
    expect(describeExceeded({ kind: "deferrals", wave: undefined, domain: undefined, count: 1, limit: 0 })).to.equal(
      "1 site was deferred; the rollout's budget allows 0",
    );
  });
});

describe("applyEvent", () => {
  const state = stateOf(aPlan(), [waveStarted, started("a")]);
  const next =
    (event: RolloutEvent, change: Partial<RecordedEvent> = {}) =>
    () =>
      applyEvent(state, { run: "r", sequence: 4, at: 9, version: 1, event, ...change });

  const refusals: [string, () => unknown, RegExp][] = [
    ["an event that does not follow", next(started("b"), { sequence: 6 }), /event 6 .* does not follow event 3/],
    ["an event of another run", next(started("b"), { run: "other" }), /does not follow/],
    ["a second start of a running site", next(started("a")), /was started while it is running/],
    ["a site that is not in the plan", next(started("z")), /site "z" is not in this rollout/],
    ["a wave that is not in the plan", next({ type: "wave-started", wave: "z" }), /wave "z" is not in this rollout/],
    ["no events at all", () => foldEvents([]), /a run without events has no state/],
  ];
  for (const [name, act, message] of refusals) it(`refuses ${name}`, () => expect(act).to.throw(message));

  it("does not change the state that it is given", () => {
    const before = JSON.stringify([state.running, state.waves, [...state.sites.values()]]);
    next(ended("a", "failed"))();
    expect(JSON.stringify([state.running, state.waves, [...state.sites.values()]])).to.equal(before);
  });
});

describe("SiteTable", () => {
  const table = SiteTable.of(Array.from({ length: 200 }, (_, index): [string, number] => [`s${index}`, index]));

  it("finds and replaces values at any place without touching the table before", () => {
    for (const index of [0, 63, 64, 127, 128, 199]) {
      const changed = table.with(`s${index}`, -1);
      expect([changed.get(`s${index}`), table.get(`s${index}`)]).to.deep.equal([-1, index]);
      expect([...changed.values()].filter((value) => value === -1)).to.have.length(1);
    }
    expect([...table.values()]).to.deep.equal(Array.from({ length: 200 }, (_, index) => index));
  });

  it("knows no names of Object's own properties", () => {
    expect(table.get("toString")).to.equal(undefined);
    expect(() => table.with("__proto__", 1)).to.throw(/not in this rollout/);
  });
});
