import { expect } from "chai";

import type { WaveGate } from "../../../fleet/gates";
import type { RolloutEvent } from "../../../rollout/events";
import type { Plan } from "../../../rollout/plan";
import { answerRequest, type RolloutRequest } from "../../../rollout/requests";
import { why } from "../../../rollout/why";
import { aWaveGate } from "../gates/aGate";
import { decided, haltReason } from "../support/decided";
import { aPlan, aPlannedWave, ended, resumed, started, stateOf } from "../support/plan";

const slo = aWaveGate({ name: "slo" });
const loss = aWaveGate({ name: "loss" });

/** Wave `first` of a and b, which is asked, then wave `second` of c. */
function plan(waveGates: readonly WaveGate[], more: Partial<Plan> = {}): Plan {
  return aPlan({
    waves: [
      aPlannedWave({ name: "first", sites: ["a", "b"], waveGates }),
      aPlannedWave({ name: "second", sites: ["c"] }),
    ],
    ...more,
  });
}

const waveStarted = (wave: string): RolloutEvent => ({ type: "wave-started", wave });
const begun = (gate: string): RolloutEvent => ({ type: "wave-gate-started", wave: "first", gate });
const verdict = (gate: string, said: "pass" | "fail" | "inconclusive"): RolloutEvent[] => [
  begun(gate),
  { type: "wave-gate-finished", wave: "first", gate, verdict: said, reason: "because" },
];
const under = [waveStarted("first"), started("a"), started("b")];
const done = [...under, ended("a", "succeeded"), ended("b", "succeeded")];
const haltedAtGate: RolloutEvent[] = [
  ...done,
  ...verdict("slo", "fail"),
  { type: "rollout-halted", reason: "wave first did not pass: gate slo: because", wave: "first" },
  ended("c", "skipped"),
  { type: "rollout-finished", result: "halted" },
];

describe("gates of a wave", () => {
  const cases: [string, Plan, readonly RolloutEvent[], string[]][] = [
    ["are not asked while a site of it has no outcome", plan([slo]), [...under, ended("a", "succeeded")], []],
    ["are asked once each of its sites has one", plan([slo]), done, ["slo?first"]],
    ["are waited for", plan([slo]), [...done, begun("slo")], []],
    ["are asked one after the other", plan([slo, loss]), [...done, ...verdict("slo", "pass")], ["loss?first"]],
    ["end the wave when all have passed", plan([slo]), [...done, ...verdict("slo", "pass")], ["wave-finished"]],
    ["are asked again by the next driver", plan([slo]), [...done, begun("slo"), resumed], ["slo?first"]],
    [
      "are not asked again once they have a verdict",
      plan([slo, loss]),
      [...done, ...verdict("slo", "pass"), resumed],
      ["loss?first"],
    ],
    ["are asked while the rollout is paused", plan([slo]), [...done, { type: "paused", by: "ana" }], ["slo?first"]],
    [
      "are not asked while the driver stops",
      plan([slo]),
      [...done, { type: "stop-requested", reason: "x" }],
      ["interrupted"],
    ],
    [
      "are asked with failed sites within the budget",
      plan([slo]),
      [...under, ended("a", "succeeded"), ended("b", "failed")],
      ["slo?first"],
    ],
    [
      "are not asked of a wave in which no site is at the release",
      plan([slo]),
      [...under, ended("a", "failed"), ended("b", "deferred")],
      ["wave-finished"],
    ],
    ["halt the rollout when they fail", plan([slo]), [...done, ...verdict("slo", "fail")], ["rollout-halted"]],
    [
      "only mark the result where failures do not halt",
      plan([slo], { onFailure: "continue" }),
      [...done, ...verdict("slo", "fail")],
      ["wave-finished"],
    ],
    ["hold the rollout without an answer", plan([slo]), [...done, ...verdict("slo", "inconclusive")], []],
    [
      "go on without an answer where the rollout says pass",
      plan([slo], { onInconclusive: "pass" }),
      [...done, ...verdict("slo", "inconclusive")],
      ["wave-finished"],
    ],
    [
      "halt without an answer where the gate says fail",
      plan([aWaveGate({ name: "slo", onInconclusive: "fail" })], { onInconclusive: "pass" }),
      [...done, ...verdict("slo", "inconclusive")],
      ["rollout-halted"],
    ],
    [
      "go on where somebody has answered",
      plan([slo]),
      [
        ...done,
        ...verdict("slo", "inconclusive"),
        { type: "wave-gate-accepted", wave: "first", gate: "slo", by: "ana" },
      ],
      ["wave-finished"],
    ],
    [
      "come before the soak",
      aPlan({
        waves: [
          aPlannedWave({ name: "first", sites: ["a", "b"], waveGates: [slo], soakSeconds: 60 }),
          aPlannedWave({ name: "second", sites: ["c"] }),
        ],
      }),
      [...done, ...verdict("slo", "pass"), { type: "wave-finished", wave: "first" }],
      ["soak-started"],
    ],
    [
      "come after quorum and representation",
      plan([slo], {
        waves: [aPlannedWave({ name: "first", sites: ["a", "b"], waveGates: [slo], quorum: 2 })],
      }),
      [...under, ended("a", "succeeded"), ended("b", "deferred")],
      ["rollout-halted"],
    ],
    [
      "are asked after the wave's deadline too, because nothing more is started",
      aPlan({ waves: [aPlannedWave({ name: "first", sites: ["a", "b"], waveGates: [slo], deadlineSeconds: 0.05 })] }),
      done,
      ["slo?first"],
    ],
    [
      "are not asked on the way back",
      plan([slo]),
      [
        ...haltedAtGate,
        {
          type: "rollback-started",
          by: "ana",
          reason: "x",
          sites: ["a", "b"].map((site) => ({ site, release: "2026.10.0" })),
          without: [],
        },
        started("a", 2),
        started("b", 2),
        ended("a", "rolled-back"),
        ended("b", "rolled-back"),
      ],
      ["rollout-finished"],
    ],
  ];
  for (const [name, of, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(of, events))).to.deep.equal(expected));
  }

  it("give the halt its reason, and take the wave back where the rollout says rollback", () => {
    const failing = [...done, ...verdict("slo", "fail")];
    expect(haltReason(stateOf(plan([slo]), failing))).to.equal("wave first did not pass: gate slo: because");
    const back = stateOf(plan([slo], { onFailure: "rollback" }), [
      ...failing,
      { type: "rollout-halted", reason: "x", wave: "first", takeBack: { by: "onFailure: rollback", wave: "first" } },
      ended("c", "skipped"),
    ]);
    expect(decided(stateOf(plan([slo], { onFailure: "rollback" }), failing))).to.deep.equal(["rollout-halted"]);
    expect(decided(back)).to.deep.equal(["rollback-started"]);
  });

  it("make the result failed where failures do not halt", () => {
    const state = stateOf(plan([slo], { onFailure: "continue" }), [
      ...done,
      ...verdict("slo", "fail"),
      { type: "wave-finished", wave: "first" },
      waveStarted("second"),
      started("c"),
      ended("c", "succeeded"),
      { type: "wave-finished", wave: "second" },
    ]);
    expect(decided(state)).to.deep.equal(["rollout-finished"]);
    expect(state.tally.failed).to.equal(0);
  });
});

describe("why, of a wave at its gates", () => {
  const asked = stateOf(plan([slo]), [...done, begun("slo")]);
  const held = stateOf(plan([slo]), [...done, ...verdict("slo", "inconclusive")]);

  it("says what the gate has said, and that it is asked again", () => {
    expect(why(asked, "first", 100)).to.include({ status: "waiting", condition: "gate slo has not answered yet" });
    const answered = stateOf(plan([slo]), [
      ...done,
      begun("slo"),
      { type: "wave-gate-answered", wave: "first", gate: "slo", answer: "fail", detail: "7 lost" },
    ]);
    expect(why(answered, "first", 100)).to.include({ status: "waiting", condition: "gate slo says fail: 7 lost" });
  });

  it("says who has to speak where there was no answer", () => {
    const answer = why(held, "first", 100);
    expect(answer).to.include({ status: "blocked", condition: "gate slo has no answer: because" });
    expect(answer?.remedy).to.contain("edgewave rollout approve first").and.contain("edgewave rollout retry first");
  });

  it("says that the wave is about to end once all have passed", () => {
    expect(why(stateOf(plan([slo]), [...done, ...verdict("slo", "pass")]), "first", 100)).to.include({
      status: "waiting",
      condition: "every site has an outcome, and the wave is about to end",
    });
  });

  it("tells the sites of later waves that they wait for it", () => {
    expect(why(asked, "c", 100)).to.include({ condition: "wave first comes first and is at its gates" });
    expect(why(asked, "second", 100)).to.include({ condition: "wave first comes first and is at its gates" });
  });
});

describe("requests about the gates of a wave", () => {
  const by = "ana";
  const held = [...done, ...verdict("slo", "inconclusive")];
  const ask = (events: readonly RolloutEvent[], request: RolloutRequest, of = plan([slo])) =>
    answerRequest(stateOf(of, events), request, 100);
  const retry = { type: "retry", by, outcomes: ["failed", "skipped"], sites: [] } as const;

  it("take the gate that holds as passed by an approval", () => {
    expect(ask(held, { type: "approve-wave", by, wave: "first" })).to.deep.equal({
      events: [{ type: "wave-gate-accepted", wave: "first", gate: "slo", by }],
    });
  });

  it("approve nothing of a wave whose gate still has its time", () => {
    expect(ask([...done, begun("slo")], { type: "approve-wave", by, wave: "first" })).to.deep.equal({
      refused: "wave first asks for no approval",
    });
  });

  it("ask a held gate again by a retry of the wave, and run no site for it", () => {
    const answer = ask(held, { ...retry, waves: ["first"] });
    expect(answer).to.deep.equal({
      events: [{ type: "rollout-reopened", kind: "retry", by, sites: [], waves: ["first"] }],
    });
    const again = stateOf(plan([slo]), [...held, ...("events" in answer ? answer.events : [])]);
    expect(decided(again)).to.deep.equal(["slo?first"]);
    expect(again.waves[0]?.gateRound).to.equal(1);
  });

  it("ask a failed gate again by any retry, before what was skipped is started", () => {
    const answer = ask(haltedAtGate, retry);
    expect(answer).to.deep.equal({
      events: [{ type: "rollout-reopened", kind: "retry", by, sites: ["c"], waves: ["first"] }],
    });
    const again = [...haltedAtGate, ...("events" in answer ? answer.events : [])];
    expect(decided(stateOf(plan([slo]), again))).to.deep.equal(["slo?first"]);
    expect(decided(stateOf(plan([slo]), [...again, ...verdict("slo", "pass")]))).to.deep.equal(["wave-finished"]);
  });

  it("ask a failed gate again where no site is left to do", () => {
    const last = aPlan({ waves: [aPlannedWave({ name: "first", sites: ["a", "b"], waveGates: [slo] })] });
    const events = haltedAtGate.filter((event) => !("site" in event) || event.site !== "c");
    expect(ask(events, retry, last)).to.deep.equal({
      events: [{ type: "rollout-reopened", kind: "retry", by, sites: [], waves: ["first"] }],
    });
  });

  it("refuse a wave of which no gate holds or failed", () => {
    expect(ask(held, { ...retry, waves: ["second"] })).to.deep.equal({
      refused: "no gate holds or failed wave second",
    });
    expect(ask(held, { ...retry, waves: ["third"] }))
      .to.have.property("refused")
      .that.contains("no wave third");
  });

  it("refuse to catch up while a wave did not pass", () => {
    const events = [...under, ended("a", "succeeded"), ended("b", "deferred"), ...haltedAtGate.slice(done.length)];
    expect(ask(events, { type: "catch-up", by, sites: ["b"] })).to.deep.equal({
      refused: "wave first did not pass its gates; edgewave rollout retry asks them again",
    });
  });

  it("ask a wave anew when one of its sites is taken up again", () => {
    const events: RolloutEvent[] = [
      ...under,
      ended("a", "succeeded"),
      ended("b", "failed"),
      ...verdict("slo", "inconclusive"),
      { type: "rollout-reopened", kind: "retry", by, sites: ["b"] },
      waveStarted("first"),
      started("b", 2),
      ended("b", "succeeded"),
    ];
    expect(decided(stateOf(plan([slo]), events))).to.deep.equal(["slo?first"]);
  });

  it("refuse the approval of a wave of a run that has ended, and say what opens it again", () => {
    const asks = plan([], {});
    const waves = [asks.waves[0]!, { ...asks.waves[1]!, approval: { count: 1, signed: false } }];
    const events = [...haltedAtGate.filter(({ type }) => !type.startsWith("wave-gate"))];
    const answer = ask(events, { type: "approve-wave", by, wave: "second" }, { ...asks, waves });
    expect(answer).to.deep.equal({
      refused:
        "the rollout has ended as halted, so wave second waits for nobody; " +
        "once edgewave rollout retry has opened it again, the wave can be approved",
    });
  });
});
