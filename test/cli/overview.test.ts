import { expect } from "chai";
import pc from "picocolors";

import { formatOverview } from "../../cli/printing/overview";
import { foldEvents } from "../../rollout/fold";
import type { RolloutEvent } from "../../rollout/events";
import { aWaveGate } from "../rollout/gates/aGate";
import { aPlan, aPlannedWave, ended, started, stateOf, waveStarted } from "../rollout/support/plan";
import { aWorld, drive } from "../rollout/drive";
import { aRollout, aWave, sites } from "../support/fleet";

const colors = pc.createColors(false);

describe("the overview of a rollout", () => {
  it("shows waves, what is in flight and the end that is to be expected while it is under way", async () => {
    const waves = [aWave({ name: "canary", canary: true, size: { count: 2 } }), aWave({ name: "rest", size: "rest" })];
    const world = aWorld(sites(12), aRollout({ waves, maxConcurrency: 3 }));
    await drive(world);
    const started = world.ledger.recorded.filter(({ event }) => event.type === "site-started");
    const cut = world.ledger.recorded.indexOf(started[5]!);
    const state = foldEvents(world.ledger.recorded.slice(0, cut + 1));
    const text = formatOverview(state, "process 7 on hub", state.at, colors);
    expect(text).to.contain("driven by process 7 on hub");
    expect(text).to.match(/^canary +done +2 +2/m);
    expect(text).to.match(/^rest +runs +10 .* in 30\.0 s$/m);
    expect(text).to.match(/^in flight: .* \d+\.\d s/m);
    expect(text).to.match(/ends in about 30\.0 s \(2026-11-23T12:\d\dZ\) if all goes as usual/);
  });

  it("says who is at fault and what to do when it stands still", async () => {
    const world = aWorld(sites(3), aRollout(), { porto: { fails: "disk full" } });
    await drive(world);
    const halted = world.ledger.recorded.findIndex(({ event }) => event.type === "rollout-halted");
    const state = foldEvents(world.ledger.recorded.slice(0, halted + 1));
    const text = formatOverview(state, undefined, state.at, colors);
    expect(text).to.contain("no driver is at work; edgewave rollout start resumes it");
    expect(text).to.contain("failed porto: disk full");
    expect(text).to.match(/halted after .*: 1 site failed; the rollout's budget allows 0/);
  });

  it("says after the end which waves were cut off, which never began, and what to do next", async () => {
    const waves = [aWave({ name: "canary", canary: true, size: { count: 2 } }), aWave({ name: "rest", size: "rest" })];
    const world = aWorld(sites(6), aRollout({ waves, maxConcurrency: 3 }), { porto: { fails: "disk full" } });
    const state = await drive(world);
    const text = formatOverview(state, undefined, state.at, colors);
    expect(text).to.match(/^canary +halted +2 +1 +1$/m);
    expect(text).to.match(/^rest +not begun +4 +4$/m);
    expect(text).to.match(/\n\nnext: when the cause is gone: edgewave rollout retry; .* rollback --yes$/);
    expect(text).not.to.contain("ends in about");
  });

  it("shows a wave at its gates, what holds it, and who can say more", () => {
    const plan = aPlan({
      waves: [
        aPlannedWave({ name: "first", sites: ["a"], waveGates: [aWaveGate({ name: "slo" })] }),
        aPlannedWave({ name: "second", sites: ["b"] }),
      ],
    });
    const asked: RolloutEvent[] = [
      { type: "wave-started", wave: "first" },
      started("a"),
      ended("a", "succeeded"),
      { type: "wave-gate-started", wave: "first", gate: "slo" },
    ];
    const show = (events: readonly RolloutEvent[]) => formatOverview(stateOf(plan, events), "process 7", 100, colors);
    expect(show(asked))
      .to.match(/^first +at its gates +1 +1/m)
      .and.contain("gate slo has not answered yet");
    const held = show([
      ...asked,
      { type: "wave-gate-finished", wave: "first", gate: "slo", verdict: "inconclusive", reason: "no route" },
    ]);
    expect(held)
      .to.match(/^first +held +1 +1/m)
      .and.contain("gate slo has no answer: no route");
    expect(held).to.contain("edgewave rollout approve first");
  });

  it("says what a started site waits for on this machine", () => {
    const state = stateOf(aPlan({}, { sites: ["a"] }), [
      waveStarted,
      started("a"),
      { type: "site-waiting", site: "a", reason: "memory is short" },
    ]);
    const text = formatOverview(state, "process 7", state.at, colors);
    expect(text)
      .to.match(/^in flight: a \d+\.\d s, waits for this machine$/m)
      .and.contain("  a waits: memory is short");
  });

  it("fits on a screen for 5,000 sites", async () => {
    const waves = [aWave({ name: "ramp", size: { start: 100, factor: 3, max: undefined } })];
    const world = aWorld(sites(5_000), aRollout({ waves, maxConcurrency: 500, maxFailures: { count: 999 } as never }), {
      porto: { fails: "disk full" },
      ...Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`site-${index + 1}`, { fails: "no space" }])),
    });
    const state = await drive(world);
    const under = { ...state, finished: undefined };
    expect(formatOverview(under, undefined, state.at, colors).split("\n").length).to.be.lessThan(40);
  }).timeout(60_000);
});
