import { expect } from "chai";

import type { LabelExpression, Rollout, WaveSize } from "../../fleet/model";
import { planWaves } from "../../rollout/planWaves";
import { aRollout, aWave, everySite, sites } from "../support/fleet";

const fleet = sites(10, (index) => ({
  region: index < 6 ? "north" : "south",
  labels: index % 3 === 0 ? {} : { uplink: index % 3 === 1 ? "west" : "east" },
}));
const wavesOf = (size: WaveSize, more: Partial<Rollout> = {}) =>
  planWaves(fleet, { ...aRollout(), waves: [{ ...aWave({ name: "w" }), size }], ...more }).waves.map(
    ({ name, sites: { length } }) => `${name} ${length}`,
  );

describe("the waves of a rule", () => {
  const cases: [string, WaveSize, string[]][] = [
    ["take a number of sites", { count: 3 }, ["w 3"]],
    ["take no more than there are", { count: 30 }, ["w 10"]],
    ["take a share, rounded up", { percent: 25 }, ["w 3"]],
    ["take the rest", "rest", ["w 10"]],
    [
      "grow by the factor until no site is left",
      { start: 1, factor: 2, max: undefined },
      ["w-1 1", "w-2 2", "w-3 4", "w-4 3"],
    ],
    ["grow no further than the largest", { start: 2, factor: 2, max: 3 }, ["w-1 2", "w-2 3", "w-3 3", "w-4 2"]],
    [
      "grow by a factor that is no whole number",
      { start: 1, factor: 1.5, max: undefined },
      ["w-1 1", "w-2 2", "w-3 2", "w-4 3", "w-5 2"],
    ],
    ["stay as they are with a factor of 1", { start: 5, factor: 1, max: undefined }, ["w-1 5", "w-2 5"]],
    [
      "are one for each value of a label, in order of name, without those that lack it",
      { groupBy: "uplink", order: [] },
      ["w-east 3", "w-west 3"],
    ],
    [
      "are in the order that is given, the others behind",
      { groupBy: "uplink", order: ["west"] },
      ["w-west 3", "w-east 3"],
    ],
    [
      "leave out a value that no site has, and take each once",
      { groupBy: "region", order: ["east", "south", "south"] },
      ["w-south 4", "w-north 6"],
    ],
    ["are one empty wave where no site has the label", { groupBy: "feed", order: [] }, ["w 0"]],
  ];
  for (const [name, size, expected] of cases) it(name, () => expect(wavesOf(size)).to.deep.equal(expected));

  it("report sites that lack the label of groupBy", () => {
    const plan = planWaves(fleet, { ...aRollout(), waves: [{ ...aWave(), size: { groupBy: "uplink", order: [] } }] });
    expect(plan.unassigned.map(({ reason }) => reason)).to.deep.equal(["no-wave", "no-wave", "no-wave", "no-wave"]);
  });
});

describe("a selector's expressions", () => {
  const expressions: [string, LabelExpression, number][] = [
    ["In takes sites with one of the values", { key: "uplink", operator: "In", values: ["east"] }, 3],
    ["NotIn takes sites without the label too", { key: "uplink", operator: "NotIn", values: ["east"] }, 7],
    ["Exists takes sites with the label", { key: "uplink", operator: "Exists", values: [] }, 6],
    ["DoesNotExist takes sites without it", { key: "uplink", operator: "DoesNotExist", values: [] }, 4],
    ["know region, profile and architecture as labels", { key: "region", operator: "In", values: ["south"] }, 4],
    ["know no names of Object's own properties", { key: "constructor", operator: "Exists", values: [] }, 0],
  ];
  for (const [name, expression, count] of expressions) {
    it(name, () => {
      const selector = { ...everySite, matchExpressions: [expression] };
      expect(wavesOf("rest", { selector })).to.deep.equal([`w ${count}`]);
    });
  }
  it("must all hold", () => {
    const matchExpressions: LabelExpression[] = [
      { key: "uplink", operator: "Exists", values: [] },
      { key: "region", operator: "In", values: ["south"] },
    ];
    expect(wavesOf("rest", { selector: { ...everySite, matchExpressions } })).to.deep.equal(["w 2"]);
  });
});

describe("the limits of failure domains", () => {
  it("are shares of each domain's own sites that are in waves", () => {
    const failureDomain = {
      label: "region",
      maxConcurrency: 2,
      maxFailures: { percent: 50 },
      maxDeferred: { count: 9 },
    };
    const { failureDomains } = planWaves(fleet, { ...aRollout(), failureDomain });
    expect(failureDomains).to.deep.equal({
      label: "region",
      maxConcurrency: 2,
      domains: {
        north: { sites: 6, maxFailures: 3, maxDeferred: 6 },
        south: { sites: 4, maxFailures: 2, maxDeferred: 4 },
      },
    });
  });
});
