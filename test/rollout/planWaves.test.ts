import { expect } from "chai";

import { amountOf } from "../../rollout/amount";
import { planWaves } from "../../rollout/planWaves";
import { aRollout, aSite, aWave, sites } from "../support/fleet";

const offline = { reason: "dredging", since: "2026-11-20" };
const canary = (count: number) => aWave({ name: "canary", canary: true, size: { count } });
const rest = aWave({ name: "rest", size: "rest" });

describe("planWaves", () => {
  it("takes every site once when the last wave takes the rest", () => {
    const fleet = sites(10);
    const plan = planWaves(
      fleet,
      aRollout({ waves: [canary(2), aWave({ name: "quarter", size: { percent: 25 } }), rest] }),
    );
    expect(plan.waves.map((wave) => wave.sites.length)).to.deep.equal([2, 3, 5]);
    expect(plan.waves.flatMap((wave) => wave.sites).toSorted()).to.deep.equal(fleet.map(({ name }) => name).toSorted());
    expect(plan.unassigned).to.be.empty;
  });

  it("reports a selected site that no wave takes, and a site that is not selected", () => {
    const fleet = [
      aSite({ name: "faro" }, 1),
      aSite({ name: "porto" }, 2),
      aSite({ name: "sines", region: "south" }, 3),
    ];
    const selector = { names: [], regions: ["atlantic"], profiles: [], matchLabels: {}, matchExpressions: [] };
    const plan = planWaves(fleet, aRollout({ selector, waves: [canary(1)] }));
    expect(plan.waves[0]?.sites).to.deep.equal(["faro"]);
    expect(plan.unassigned).to.deep.equal([
      { site: "porto", reason: "no-wave" },
      { site: "sines", reason: "not-selected" },
    ]);
  });

  it("plans a canary first, wherever the file has it", () => {
    const plan = planWaves(sites(4), aRollout({ waves: [rest, canary(1)] }));
    expect(plan.waves.map(({ name, sites: taken }) => [name, taken.length])).to.deep.equal([
      ["canary", 1],
      ["rest", 3],
    ]);
  });

  it("gives every region a site before any region gets a second one", () => {
    const regions = ["north", "north", "north", "north", "south", "islands"];
    const fleet = sites(6, (index) => ({ region: regions[index] ?? "north" }));
    const plan = planWaves(fleet, aRollout({ waves: [canary(3), rest] }));
    const regionOf = new Map(fleet.map((site) => [site.name, site.region]));
    expect(plan.waves[0]?.sites.map((name) => regionOf.get(name))).to.have.members(["north", "south", "islands"]);
  });

  it("goes by the regions' sizes once every region is represented", () => {
    const fleet = sites(12, (index) => ({ region: index < 9 ? "large" : "small" }));
    const plan = planWaves(fleet, aRollout({ waves: [aWave({ name: "some", size: { count: 4 } }), rest] }));
    const large = plan.waves[0]?.sites.filter((name) => fleet.find((site) => site.name === name)?.region === "large");
    expect(large).to.have.length(3);
  });

  it("takes different hardware within one region", () => {
    const fleet = sites(6, (index) => ({ architecture: index < 5 ? "amd64" : "arm64" }));
    const plan = planWaves(fleet, aRollout({ waves: [canary(2), rest] }));
    expect(plan.waves[0]?.sites).to.have.members(["porto", "site-5"]);
  });

  it("keeps offline sites out of the canary as long as there are others", () => {
    const fleet = sites(4, (index) => (index < 3 ? { offline } : {}));
    const plan = planWaves(fleet, aRollout({ waves: [canary(1), rest] }));
    expect(plan.waves[0]?.sites).to.deep.equal(["site-3"]);
  });

  it("fills a canary with offline sites when the others do not suffice", () => {
    const fleet = sites(3, (index) => (index < 2 ? { offline } : {}));
    const plan = planWaves(fleet, aRollout({ waves: [canary(2), rest] }));
    expect(plan.waves[0]?.sites[0]).to.equal("site-2");
    expect(plan.waves[0]?.sites).to.have.length(2);
  });

  it("takes a percentage of all selected sites, not of those that are left", () => {
    const waves = [aWave({ name: "half", size: { percent: 50 } }), aWave({ name: "other", size: { percent: 50 } })];
    const plan = planWaves(sites(8), aRollout({ waves }));
    expect(plan.waves.map((wave) => wave.sites.length)).to.deep.equal([4, 4]);
  });

  it("never lets a wave run more sites at once than the rollout may", () => {
    const waves = [
      aWave({ name: "wide", maxConcurrency: 50, size: "rest" }),
      aWave({ name: "narrow", maxConcurrency: 1 }),
    ];
    const plan = planWaves(sites(3), aRollout({ maxConcurrency: 4, waves }));
    expect(plan.waves.map((wave) => wave.maxConcurrency)).to.deep.equal([4, 1]);
  });

  it("turns the rollout's budgets into numbers of selected sites and a wave's into numbers of its own", () => {
    const waves = [aWave({ name: "all", size: "rest", maxFailures: { percent: 10 } as never })];
    const plan = planWaves(
      sites(21),
      aRollout({ waves, maxFailures: { percent: 5 } as never, maxDeferred: { count: 3 } as never }),
    );
    expect([plan.maxFailures, plan.maxDeferred, plan.waves[0]?.maxFailures]).to.deep.equal([2, 3, 3]);
  });

  it("keeps a wave that nothing matches as an empty one", () => {
    const nowhere = aWave({ name: "nowhere", size: "rest", selector: { regions: ["atlantis"] } });
    expect(planWaves(sites(2), aRollout({ waves: [nowhere, rest] })).waves[0]?.sites).to.be.empty;
  });

  it("matches labels by the site's own keys only", () => {
    const inherited = aWave({
      name: "odd",
      size: "rest",
      selector: { matchLabels: { toString: "x", country: "pt" }, matchExpressions: [] },
    });
    expect(planWaves(sites(2), aRollout({ waves: [inherited] })).waves[0]?.sites).to.be.empty;
  });

  it("refuses two waves of one name", () => {
    expect(() => planWaves(sites(2), aRollout({ waves: [rest, rest] }))).to.throw(/two waves are named "rest"/);
  });
});

describe("amountOf", () => {
  const cases: [string, Parameters<typeof amountOf>[0], number, number][] = [
    ["a count is itself", { count: 3 }, 10, 3],
    ["a count is never above the total", { count: 30 }, 10, 10],
    ["a percentage is rounded up", { percent: 25 }, 10, 3],
    ["a percentage that comes out even is not raised by binary fractions", { percent: 7 }, 100, 7],
    ["any share above nothing is at least one site", { percent: 1 }, 24, 1],
    ["nothing is nothing", { percent: 0 }, 24, 0],
    ["all of none is none", { percent: 100 }, 0, 0],
  ];
  for (const [name, amount, total, expected] of cases) {
    it(name, () => expect(amountOf(amount, total)).to.equal(expected));
  }
});
