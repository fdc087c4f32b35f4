import { expect } from "chai";

import { decide } from "../../../rollout/decide/decide";
import { rollbackOf } from "../../../rollout/decide/rollback";
import type { Outcome, RolloutEvent, RolloutStarted } from "../../../rollout/events";
import { foldEvents } from "../../../rollout/fold";
import type { Plan } from "../../../rollout/plan";
import type { RolloutState } from "../../../rollout/state";
import { why } from "../../../rollout/why";
import { decided } from "../support/decided";
import { aPlan, aPlannedWave, ended, recorded, started, startOf, stateOf } from "../support/plan";

const waves = [aPlannedWave({ name: "one", sites: ["a"] }), aPlannedWave({ name: "two", sites: ["b", "c"] })];
const ran = (site: string, outcome: Outcome): RolloutEvent[] => [started(site), ended(site, outcome)];
const wave = (name: string, ...sites: RolloutEvent[][]): RolloutEvent[] => [
  { type: "wave-started", wave: name },
  ...sites.flat(),
];
const over = (name: string): RolloutEvent => ({ type: "wave-finished", wave: name });
const done = [
  ...wave("one", ran("a", "succeeded")),
  over("one"),
  ...wave("two", ran("b", "failed"), ran("c", "succeeded")),
];
const back = (...sites: string[]): RolloutEvent => ({
  type: "rollback-started",
  by: "ana",
  reason: "x",
  sites: sites.map((site) => ({ site, release: "2026.10.0" })),
  without: [],
});
const finished: RolloutEvent = { type: "rollout-finished", result: "failed" };

/** @param before overrides what the sites had. */
function stateWith(
  plan: Plan,
  events: readonly RolloutEvent[],
  before: NonNullable<RolloutStarted["before"]>,
): RolloutState {
  const start = startOf(plan);
  return foldEvents(recorded([{ ...start, before: { ...start.before, ...before } }, ...events]));
}

describe("a rollback", () => {
  it("takes back what was changed, the last wave first", () => {
    const planned = rollbackOf(stateOf(aPlan({ waves }), done), { by: "ana", reason: "x" });
    expect(planned.sites.map(({ site }) => site)).to.deep.equal(["b", "c", "a"]);
    expect(planned.without).to.deep.equal([]);
  });
  it("takes back one wave", () => {
    const planned = rollbackOf(stateOf(aPlan({ waves }), done), { by: "ana", reason: "x", wave: "one" });
    expect(planned.sites).to.deep.equal([{ site: "a", release: "2026.10.0" }]);
  });

  const untouched: [string, RolloutEvent[]][] = [
    ["found unchanged", ran("a", "unchanged")],
    ["skipped", [ended("a", "skipped")]],
    ["without a link", ran("a", "deferred")],
    ["failed before it was run", [ended("a", "failed")]],
  ];
  for (const [name, events] of untouched) {
    it(`leaves a site that was ${name}`, () => {
      expect(
        rollbackOf(stateOf(aPlan(), [{ type: "wave-started", wave: "all" }, ...events]), { by: "ana", reason: "x" })
          .sites,
      ).to.deep.equal([]);
    });
  }
  it("takes back a site that was changed before it was skipped", () => {
    const state = stateOf(aPlan(), [
      ...ran("a", "failed"),
      ended("b", "skipped"),
      ended("c", "skipped"),
      finished,
      { type: "rollout-reopened", kind: "retry", by: "ana", sites: ["a"] },
      ended("a", "skipped"),
    ]);
    expect(rollbackOf(state, { by: "ana", reason: "x" }).sites.map(({ site }) => site)).to.deep.equal(["a"]);
  });
  it("reports who had no release, had this one already, or cannot go down", () => {
    const start = startOf(aPlan());
    const events = [...ran("a", "succeeded"), ...ran("b", "failed"), ...ran("c", "cancelled")];
    const before = {
      b: { release: "2026.11.0" },
      c: { release: "2026.01.0", noReturn: "Kubernetes does not go back" },
    };
    const state = foldEvents(recorded([{ ...start, before }, ...events]));
    expect(rollbackOf(state, { by: "ana", reason: "x" })).to.deep.include({
      sites: [],
      without: [
        { site: "a", reason: "it had no release before" },
        { site: "b", reason: "it had release 2026.11.0 before, with other settings" },
        { site: "c", reason: "Kubernetes does not go back" },
      ],
    });
  });

  const cases: [string, readonly RolloutEvent[], string[]][] = [
    ["starts with the last wave", [...done, finished, back("b", "c", "a")], ["+b/2", "+c/2"]],
    [
      "waits for the last wave before the one in front of it",
      [...done, finished, back("b", "c", "a"), started("b", 2), ended("c", "rolled-back")],
      [],
    ],
    [
      "goes on with the wave in front",
      [...done, finished, back("b", "c", "a"), ended("b", "rolled-back"), ended("c", "rolled-back")],
      ["+a/2"],
    ],
    ["starts nothing while it is paused", [...done, finished, back("a"), { type: "paused", by: "ana" }], []],
    ["goes on in a halt", [...done, { type: "rollout-halted", reason: "x" }, finished, back("a")], ["+a/2"]],
    ["goes on after an abort", [...done, { type: "abort-requested", by: "ana" }, finished, back("a")], ["+a/2"]],
    [
      "is taken up again where its driver died",
      [...done, finished, back("a"), started("a", 2), { type: "driver-resumed", host: "h", pid: 1, inFlight: [] }],
      ["+a/3"],
    ],
  ];
  for (const [name, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(aPlan({ waves }), events))).to.deep.equal(expected));
  }

  const results: [string, readonly RolloutEvent[], string][] = [
    ["rolled back once all are back", [back("a"), ended("a", "rolled-back")], "rolled-back"],
    ["failed where one could not go back", [back("a", "c"), ended("c", "failed"), ended("a", "rolled-back")], "failed"],
    ["failed where one has no link to go back by", [back("a"), ended("a", "deferred")], "failed"],
    [
      "halted where nobody could go back",
      [{ type: "rollback-started", by: "ana", reason: "x", sites: [], without: [{ site: "a", reason: "y" }] }],
      "halted",
    ],
  ];
  for (const [name, events, result] of results) {
    it(`ends as ${name}`, () => {
      const state = stateOf(aPlan({ waves }), [...done, over("two"), finished, ...events]);
      expect(why(state, "a", 100)?.status).to.equal("final");
      expect(decided(state)).to.deep.equal(["rollout-finished"]);
      expect(decide(state, 100)).to.deep.include({ type: "record", events: [{ type: "rollout-finished", result }] });
    });
  }

  it("follows a halt for failures with onFailure: rollback, once nothing runs any more", () => {
    const plan = aPlan({ waves, onFailure: "rollback", maxFailures: 0 });
    const state = stateOf(plan, [
      ...wave("one", ran("a", "succeeded")),
      over("one"),
      ...wave("two", [started("c"), ...ran("b", "failed")]),
    ]);
    const halted = {
      type: "rollout-halted",
      reason: "x",
      wave: "two",
      takeBack: { by: "onFailure: rollback" },
    } as const;
    expect(decided(state)).to.deep.equal(["rollout-halted"]);
    const events = [
      ...wave("one", ran("a", "succeeded")),
      over("one"),
      ...wave("two", [started("c"), ...ran("b", "failed")]),
      halted,
    ];
    expect(decided(stateOf(plan, events))).to.deep.equal([]);
    expect(decided(stateOf(plan, [...events, ended("c", "succeeded")]))).to.deep.equal(["rollback-started"]);
  });
  it("does not follow a halt for deferrals", () => {
    const plan = aPlan({ onFailure: "rollback", maxDeferred: 0 });
    const state = stateOf(plan, [
      { type: "wave-started", wave: "all" },
      ...ran("a", "deferred"),
      { type: "rollout-halted", reason: "x" },
    ]);
    expect(decided(stateOf(plan, [{ type: "wave-started", wave: "all" }, ...ran("a", "deferred")]))).to.deep.equal([
      "rollout-halted",
    ]);
    expect(decided(state)).to.deep.equal(["site-finished", "site-finished"]);
  });
  it("forgets the hops of a site, so that none is skipped when it goes forward again", () => {
    const events: RolloutEvent[] = [...done.slice(0, 2), { type: "site-hopped", site: "a", release: "2026.10.5" }];
    const state = stateWith(aPlan({ waves }), [...events, ended("a", "failed"), finished, back("a")], {});
    expect(state.sites.get("a")?.hopped).to.deep.equal([]);
  });
  it("tells a wave that waits for the one behind it", () => {
    const state = stateOf(aPlan({ waves }), [...done, finished, back("b", "c", "a")]);
    expect(why(state, "a", 100)?.condition).to.match(/^wave two comes first and has 2 sites left/);
    expect(why(state, "one", 100)?.condition).to.match(/^wave two comes first/);
  });
});
