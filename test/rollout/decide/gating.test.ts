import { expect } from "chai";

import type { Gate } from "../../../fleet/gates";
import type { RolloutEvent } from "../../../rollout/events";
import type { Plan } from "../../../rollout/plan";
import { answerRequest } from "../../../rollout/requests";
import { why } from "../../../rollout/why";
import { aGate } from "../gates/aGate";
import { decided, ends } from "../support/decided";
import { aPlan, applied, ended, halted, resumed, started, stateOf, waveFinished, waveStarted } from "../support/plan";

const gate = (name: string, onInconclusive?: Gate["onInconclusive"]) => aGate("http", { name, onInconclusive });
const begun = (name: string): RolloutEvent => ({ type: "gate-started", site: "a", gate: name });
const verdict = (name: string, said: "pass" | "fail" | "inconclusive"): RolloutEvent[] => [
  begun(name),
  { type: "gate-finished", site: "a", gate: name, verdict: said, reason: "because" },
];
const plan = (gates: readonly Gate[], more: Partial<Plan> = {}) => aPlan(more, { sites: ["a"], gates });
const inGates = [waveStarted, started("a"), applied("a")];
const two = [gate("first"), gate("second")];

describe("gates", () => {
  const cases: [string, Plan, readonly RolloutEvent[], string[]][] = [
    ["are looked at in their order", plan(two), [], ["first?a"]],
    ["are waited for", plan(two), [begun("first")], []],
    ["are looked at one after the other", plan(two), verdict("first", "pass"), ["second?a"]],
    [
      "end a site that has passed them all",
      plan(two),
      [...verdict("first", "pass"), ...verdict("second", "pass")],
      ["site-finished"],
    ],
    ["are looked at again by the next driver", plan(two), [begun("first"), resumed], ["first?a"]],
    ["are not asked again once they have a verdict", plan(two), [...verdict("first", "pass"), resumed], ["second?a"]],
    ["are looked at while the rollout is paused", plan(two), [{ type: "paused", by: "ana" }], ["first?a"]],
    ["are looked at in a halt", plan(two), [halted], ["first?a"]],
    ["are not looked at while the driver stops", plan(two), [{ type: "stop-requested", reason: "x" }], ["interrupted"]],
    ["hold a site without an answer", plan(two, { onInconclusive: "hold" }), verdict("first", "inconclusive"), []],
    [
      "go on without an answer where the rollout says pass",
      plan(two, { onInconclusive: "pass" }),
      verdict("first", "inconclusive"),
      ["second?a"],
    ],
    [
      "go on where somebody has answered",
      plan(two),
      [...verdict("first", "inconclusive"), { type: "gate-accepted", site: "a", gate: "first", by: "ana" }],
      ["second?a"],
    ],
  ];
  for (const [name, of, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(of, [...inGates, ...events]))).to.deep.equal(expected));
  }

  const outcomes: [string, Plan, readonly RolloutEvent[], string[]][] = [
    ["fail a site with the first fail", plan(two), verdict("first", "fail"), ["a failed"]],
    [
      "fail a site without an answer where the gate says fail",
      plan([gate("first", "fail")]),
      verdict("first", "inconclusive"),
      ["a failed"],
    ],
    [
      "fail a site without an answer where the rollout says fail",
      plan([gate("first")], { onInconclusive: "fail" }),
      verdict("first", "inconclusive"),
      ["a failed"],
    ],
    [
      "follow the gate and not the rollout",
      plan([gate("first", "pass")], { onInconclusive: "fail" }),
      verdict("first", "inconclusive"),
      ["a succeeded"],
    ],
    ["fail a held site in a halt", plan([gate("first")]), [...verdict("first", "inconclusive"), halted], ["a failed"]],
    [
      "leave a site that is aborted in them cancelled",
      plan(two),
      [{ type: "abort-requested", by: "ana" }],
      ["a cancelled"],
    ],
  ];
  for (const [name, of, events, expected] of outcomes) {
    it(name, () => expect(ends(stateOf(of, [...inGates, ...events]))).to.deep.equal(expected));
  }

  it("do not hold a site that goes back", () => {
    const events: RolloutEvent[] = [
      ...inGates,
      ...verdict("first", "fail"),
      { type: "site-finished", site: "a", outcome: "failed", seconds: 1, resources: 0, changes: {} },
      { type: "rollout-finished", result: "failed" },
      { type: "rollback-started", by: "ana", reason: "x", sites: [{ site: "a", release: "2026.10.0" }], without: [] },
      started("a", 2),
      applied("a"),
      ...verdict("first", "inconclusive"),
    ];
    expect(ends(stateOf(plan([gate("first")]), events))).to.deep.equal(["a failed"]);
  });

  it("say why they hold, and what to do", () => {
    const state = stateOf(plan(two), [...inGates, ...verdict("first", "inconclusive")]);
    expect(why(state, "a", 100)).to.include({ status: "blocked", condition: "gate first has no answer: because" });
    expect(why(state, "all", 100)).to.include({
      status: "blocked",
      condition: "site a: gate first has no answer: because",
    });
  });

  it("let an approval answer for the gate that holds, not for one before it that did not", () => {
    const state = stateOf(plan([gate("first", "pass"), gate("second", "hold")]), [
      ...inGates,
      ...verdict("first", "inconclusive"),
      ...verdict("second", "inconclusive"),
    ]);
    expect(answerRequest(state, { type: "approve-site", by: "ana", site: "a" }, 100)).to.deep.equal({
      events: [{ type: "gate-accepted", site: "a", gate: "second", by: "ana" }],
    });
  });

  it("are not answered for while they do not hold", () => {
    const state = stateOf(plan([gate("first", "pass"), gate("second")]), [
      ...inGates,
      ...verdict("first", "inconclusive"),
    ]);
    expect(answerRequest(state, { type: "approve-site", by: "ana", site: "a" }, 100)).to.deep.equal({
      refused: "no gate holds site a",
    });
  });

  describe("of a site that was deferred", () => {
    const catchUp = { maxConcurrency: 1, expireSeconds: undefined, maxHops: 10, verifySeconds: 3600 };
    const back: RolloutEvent[] = [
      waveStarted,
      ended("a", "deferred"),
      waveFinished,
      { type: "rollout-finished", result: "succeeded" },
      { type: "rollout-reopened", kind: "catch-up", by: "ana", sites: ["a"] },
      started("a"),
      applied("a"),
    ];

    it("verify first that it is back, then what the wave asks", () => {
      const of = plan(two, { catchUp });
      expect(decided(stateOf(of, back))).to.deep.equal(["reconnect?a"]);
      expect(decided(stateOf(of, [...back, ...verdict("reconnect", "pass")]))).to.deep.equal(["first?a"]);
      const all = ["reconnect", "first", "second"].flatMap((name) => verdict(name, "pass"));
      expect(ends(stateOf(of, [...back, ...all]))).to.deep.equal(["a succeeded"]);
    });

    it("say what it waits for, and hold it when its time is over", () => {
      const of = plan([], { catchUp });
      const detail = "check 4 of 4, buffers: draining: 12,000 messages are left";
      const asked: RolloutEvent = {
        type: "gate-answered",
        site: "a",
        gate: "reconnect",
        answer: "inconclusive",
        detail,
      };
      expect(why(stateOf(of, [...back, begun("reconnect"), asked]), "a", 100)).to.include({
        status: "waiting",
        condition: `gate reconnect says inconclusive: ${detail}`,
      });
      expect(why(stateOf(of, [...back, ...verdict("reconnect", "inconclusive")]), "a", 100)).to.include({
        status: "blocked",
      });
    });

    it("leave that out where the rollout says so, for older plans, and for sites that were never away", () => {
      expect(decided(stateOf(plan(two), back))).to.deep.equal(["first?a"]);
      expect(decided(stateOf(plan(two, { catchUp }), inGates))).to.deep.equal(["first?a"]);
    });
  });
});
