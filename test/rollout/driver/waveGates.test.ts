import { expect } from "chai";

import type { RolloutRun } from "../../../rollout/driver";
import type { GateAnswer } from "../../../rollout/gates/answer";
import type { GateProbe, WaveGateRequest } from "../../../rollout/gates/probe";
import { aRollout, aWave, sites } from "../../support/fleet";
import { aWorld, drive, outcomesOf, story, type World } from "../drive";
import { aWaveGate } from "../gates/aGate";

const waves = [
  aWave({ name: "first", size: { count: 2 }, waveGates: [aWaveGate({ name: "slo", intervalSeconds: 10 })] }),
  aWave({ name: "rest", size: "rest" }),
];

/** Answers of a wave in order, the last one for ever. */
class Answers implements GateProbe {
  readonly asked: (WaveGateRequest & { readonly at: number })[] = [];
  readonly signals: AbortSignal[] = [];
  constructor(
    private readonly world: World,
    private readonly answers: readonly (GateAnswer["answer"] | Error)[],
  ) {}
  check(): Promise<GateAnswer> {
    return Promise.reject(new Error("no site is asked here"));
  }
  async checkWave(request: WaveGateRequest, signal: AbortSignal): Promise<GateAnswer> {
    const answer = this.answers[Math.min(this.asked.length, this.answers.length - 1)]!;
    this.asked.push({ ...request, at: this.world.clock.now() });
    this.signals.push(signal);
    if (answer instanceof Error) throw answer;
    return { answer, detail: `it says ${answer}` };
  }
}

const world = (scripts: Parameters<typeof aWorld>[2] = {}) =>
  aWorld(sites(4), aRollout({ waves, maxFailures: { count: 1 } as never }), scripts);

async function driven(of: World, answers: readonly (GateAnswer["answer"] | Error)[], more: Partial<RolloutRun> = {}) {
  const probe = new Answers(of, answers);
  return { state: await drive(of, { probe, ...more }), probe };
}

describe("a driver and the gates of a wave", () => {
  it("asks once for the whole wave, after its last site and before the next wave", async () => {
    const of = world();
    const { state, probe } = await driven(of, ["pass"]);
    expect(state.finished?.result).to.equal("succeeded");
    expect(probe.asked).to.have.length(1);
    expect(probe.asked[0]).to.deep.include({ wave: "first", rollout: "autumn", release: "2026.11.0" });
    const types = story(of.ledger);
    expect(types.indexOf("wave-gate-started")).to.be.greaterThan(types.indexOf("site-finished"));
    expect(types.lastIndexOf("wave-started")).to.be.greaterThan(types.indexOf("wave-gate-finished"));
  });

  it("names the sites that are at the release, and not those that failed", async () => {
    const { probe } = await driven(world({ porto: { fails: "disk full" } }), ["pass"]);
    expect(probe.asked[0]?.sites).to.have.length(1).and.not.to.include("porto");
  });

  it("asks again until it passes, and keeps each new answer", async () => {
    const of = world();
    const { state, probe } = await driven(of, ["inconclusive", new Error("no route"), "pass"]);
    expect(probe.asked.map(({ at }) => (at - (probe.asked[0]?.at ?? 0)) / 1000)).to.deep.equal([0, 10, 20]);
    expect(state.waves[0]?.gates[0]?.verdict).to.include({ verdict: "pass" });
    expect(story(of.ledger).filter((type) => type === "wave-gate-answered")).to.have.length(2);
  });

  it("halts when it fails, and starts nothing of the next wave", async () => {
    const { state } = await driven(world(), ["fail"]);
    expect(state.finished?.result).to.equal("halted");
    expect(state.halted?.reason).to.match(/^wave first did not pass: gate slo: 3 fails in a row; last: it says fail/);
    expect(Object.values(outcomesOf(state)).sort()).to.deep.equal(["skipped", "skipped", "succeeded", "succeeded"]);
  });

  it("takes a check that answers with nonsense for none", async () => {
    const of = world();
    const probe: GateProbe = {
      check: () => Promise.reject(new Error("no site is asked here")),
      checkWave: () => Promise.resolve({ answer: "pass" } as never),
    };
    const state = await drive(of, { probe, requestsEvery: 1_000, onEvent: acceptWhenHeld(of) });
    expect(state.waves[0]?.gates[0]?.verdict?.verdict).to.equal("inconclusive");
    expect(state.waves[0]?.gates[0]?.verdict?.reason).to.match(/^it could not be asked: /);
    expect(state.finished?.result).to.equal("succeeded");
  });

  it("goes on asking after the next driver has taken over, within the time of the first", async () => {
    const of = world();
    const stop = new AbortController();
    const first = await driven(of, ["inconclusive"], {
      signal: stop.signal,
      onEvent: ({ event }) => event.type === "wave-gate-answered" && stop.abort(),
    });
    expect(first.state.interrupted).not.to.equal(undefined);
    expect(first.probe.signals.every(({ aborted }) => aborted)).to.equal(true);
    const began = first.state.waves[0]?.gates[0]?.began;
    const { state, probe } = await driven(of, ["pass"]);
    expect(state.run).to.equal(first.state.run);
    expect(state.finished?.result).to.equal("succeeded");
    expect(state.waves[0]?.gates[0]?.began).to.equal(began);
    expect(probe.asked).to.have.length(1);
  });

  it("stops asking when the rollout ends for another reason", async () => {
    const of = world();
    const { state, probe } = await driven(of, ["inconclusive"], {
      requestsEvery: 1_000,
      onEvent: ({ event }, now) =>
        void (
          event.type === "wave-gate-started" &&
          of.ledger.putRequest({
            rollout: now.rollout,
            run: now.run,
            at: of.clock.now(),
            type: "abort",
            by: "ana",
            data: {},
          })
        ),
    });
    expect(state.finished?.result).to.equal("aborted");
    expect(probe.signals.every(({ aborted }) => aborted)).to.equal(true);
  });
});

/** Somebody takes a gate without an answer as passed. */
function acceptWhenHeld(of: World): RolloutRun["onEvent"] {
  return ({ event }, state) => {
    if (event.type !== "wave-gate-finished" || event.verdict !== "inconclusive") return;
    const { rollout, run } = state;
    const data = { wave: event.wave };
    void of.ledger.putRequest({ rollout, run, at: of.clock.now(), type: "approve-wave", by: "ana", data });
  };
}
