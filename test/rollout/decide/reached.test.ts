import { expect } from "chai";

import type { Outcome } from "../../../rollout/events";
import type { PlannedWave } from "../../../rollout/plan";
import { haltReason } from "../support/decided";
import { aPlan, aPlannedWave, ended, offline, started, stateOf, waveStarted } from "../support/plan";

describe("quorum, representation and canary", () => {
  const traits = {
    a: { traits: { region: "north" } },
    b: { traits: { region: "south" } },
    c: { traits: { region: "south" } },
  };
  const cases: [string, Partial<PlannedWave>, readonly Outcome[], string | undefined][] = [
    [
      "is content with as many sites as the quorum asks",
      { quorum: 2 },
      ["succeeded", "unchanged", "deferred"],
      undefined,
    ],
    ["counts a failed site as reached", { quorum: 2 }, ["succeeded", "failed", "deferred"], undefined],
    [
      "halts where fewer than the quorum were reached",
      { quorum: 2 },
      ["succeeded", "deferred", "skipped"],
      "1 of 3 sites of wave all were reached; its quorum is 2",
    ],
    [
      "is content with one site of each value",
      { representation: ["region"] },
      ["succeeded", "deferred", "unchanged"],
      undefined,
    ],
    [
      "halts where a value was not reached",
      { representation: ["region"] },
      ["deferred", "succeeded", "succeeded"],
      "no site of wave all with region north was reached, and the wave has to represent each",
    ],
    [
      "asks nothing for a label that no site has",
      { representation: ["uplink"] },
      ["deferred", "deferred", "deferred"],
      undefined,
    ],
  ];
  for (const [name, wave, outcomes, reason] of cases) {
    it(name, () => {
      const runs = outcomes.flatMap((outcome, index) => [started("abc"[index]!), ended("abc"[index]!, outcome)]);
      expect(haltReason(stateOf(aPlan({ maxConcurrency: 3 }, wave), [waveStarted, ...runs], traits))).to.equal(reason);
    });
  }

  it("does not decide before the last site has ended", () => {
    const state = stateOf(aPlan({}, { quorum: 3 }), [waveStarted, started("a"), ended("a", "deferred"), started("b")]);
    expect(haltReason(state)).to.equal(undefined);
  });

  const canary = aPlannedWave({ name: "all", canary: true, sites: ["a"] });
  const events = [waveStarted, started("a"), ended("a", "deferred")];
  it("halts after a canary of which nothing was reached while others have a link", () => {
    const plan = aPlan({ waves: [canary, aPlannedWave({ name: "rest", sites: ["b"] })] });
    expect(haltReason(stateOf(plan, events))).to.match(/^every site of canary all was deferred/);
    expect(haltReason(stateOf(plan, events, { b: offline }))).to.equal(undefined);
  });
});
