import { expect } from "chai";

import type { RolloutEvent } from "../../../rollout/events";
import type { Plan, PlannedWave } from "../../../rollout/plan";
import { decided, haltReason } from "../support/decided";
import { aPlan, ended, started, stateOf, waveFinished, waveStarted } from "../support/plan";

const domains = (limits: { maxConcurrency?: number; maxFailures?: number; maxDeferred?: number }): Partial<Plan> => ({
  failureDomains: {
    label: "uplink",
    maxConcurrency: limits.maxConcurrency,
    domains: { east: { sites: 3, maxFailures: limits.maxFailures, maxDeferred: limits.maxDeferred } },
  },
});
const east = { a: { domain: "east" }, b: { domain: "east" }, c: { domain: "east" } };
const run = (site: string, outcome: "failed" | "deferred" | "succeeded"): RolloutEvent[] => [
  started(site),
  ended(site, outcome),
];

describe("budgets", () => {
  const cases: [string, Partial<Plan>, Partial<PlannedWave>, readonly RolloutEvent[], string | undefined][] = [
    ["goes on at the limit of failures", { maxFailures: 1 }, {}, run("a", "failed"), undefined],
    [
      "halts beyond the rollout's limit of failures",
      { maxFailures: 0 },
      {},
      run("a", "failed"),
      "1 site failed; the rollout's budget allows 0",
    ],
    [
      "halts beyond the wave's limit of failures",
      {},
      { maxFailures: 1 },
      [...run("a", "failed"), ...run("b", "failed")],
      "2 sites failed in wave all; its budget allows 1",
    ],
    [
      "halts beyond a failure domain's limit of failures",
      domains({ maxFailures: 0 }),
      {},
      run("a", "failed"),
      "1 site failed in uplink east; its budget allows 0",
    ],
    [
      "halts beyond the rollout's limit of deferrals",
      { maxDeferred: 0 },
      {},
      run("a", "deferred"),
      "1 site was deferred; the rollout's budget allows 0",
    ],
    [
      "halts beyond the wave's limit of deferrals",
      {},
      { maxDeferred: 1 },
      [...run("a", "deferred"), ...run("b", "deferred")],
      "2 sites were deferred in wave all; its budget allows 1",
    ],
    [
      "halts beyond a failure domain's limit of deferrals",
      domains({ maxDeferred: 0 }),
      {},
      run("a", "deferred"),
      "1 site was deferred in uplink east; its budget allows 0",
    ],
    [
      "does not count a deferred site as a failure",
      { maxFailures: 0 },
      { maxFailures: 0 },
      run("a", "deferred"),
      undefined,
    ],
    [
      "does not halt for failures with onFailure: continue",
      { maxFailures: 0, onFailure: "continue" },
      {},
      run("a", "failed"),
      undefined,
    ],
    [
      "halts for deferrals with onFailure: continue all the same",
      { maxDeferred: 0, onFailure: "continue" },
      {},
      run("a", "deferred"),
      "1 site was deferred; the rollout's budget allows 0",
    ],
  ];
  for (const [name, plan, wave, events, reason] of cases) {
    it(name, () => expect(haltReason(stateOf(aPlan(plan, wave), [waveStarted, ...events], east))).to.equal(reason));
  }

  it("starts nothing in the decision that finds a budget exceeded", () => {
    const state = stateOf(aPlan({ maxFailures: 0 }), [waveStarted, ...run("a", "failed")]);
    expect(decided(state)).to.deep.equal(["rollout-halted"]);
  });

  it("ends as failed, and not as halted, with onFailure: continue", () => {
    const plan = aPlan({ maxFailures: 0, onFailure: "continue" });
    const events = [
      waveStarted,
      ...run("a", "failed"),
      ...run("b", "succeeded"),
      ...run("c", "succeeded"),
      waveFinished,
    ];
    const [command] = decided(stateOf(plan, events));
    expect(command).to.equal("rollout-finished");
  });

  it("does not let deferrals of before keep a site from catching up", () => {
    const plan = aPlan({ maxDeferred: 2 });
    const state = stateOf(plan, [
      waveStarted,
      ...["a", "b", "c"].flatMap((site) => run(site, "deferred")),
      { type: "rollout-halted", reason: "deferred" },
      { type: "rollout-finished", result: "halted" },
      { type: "rollout-reopened", kind: "catch-up", by: "ana", sites: ["b"] },
    ]);
    expect(decided(state)).to.deep.equal(["+b/2"]);
  });
});

describe("caps", () => {
  const cases: [string, Partial<Plan>, Partial<PlannedWave>, readonly RolloutEvent[], string[]][] = [
    ["starts as many as the rollout allows", { maxConcurrency: 2 }, { maxConcurrency: 3 }, [], ["+a", "+b"]],
    ["starts as many as the wave allows", { maxConcurrency: 3 }, { maxConcurrency: 1 }, [], ["+a"]],
    [
      "starts as many as a failure domain allows",
      { maxConcurrency: 3, ...domains({ maxConcurrency: 1 }) },
      { maxConcurrency: 3 },
      [],
      ["+a"],
    ],
    [
      "counts what is in flight in a domain",
      { maxConcurrency: 3, ...domains({ maxConcurrency: 2 }) },
      { maxConcurrency: 3 },
      [started("a")],
      ["+b"],
    ],
    [
      "counts a site whose gates are looked at as in flight",
      { maxConcurrency: 1 },
      {},
      [started("a"), { type: "site-applied", site: "a", seconds: 1, resources: 0, changes: {} }],
      ["site-finished"],
    ],
  ];
  for (const [name, plan, wave, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(aPlan(plan, wave), [waveStarted, ...events], east))).to.deep.equal(expected));
  }

  it("lets a site of another domain go before those whose domain is full", () => {
    const plan = aPlan({ maxConcurrency: 3, ...domains({ maxConcurrency: 1 }) }, { maxConcurrency: 3 });
    const state = stateOf(plan, [waveStarted], { a: { domain: "east" }, b: { domain: "east" }, c: {} });
    expect(decided(state)).to.deep.equal(["+a", "+c"]);
  });
});
