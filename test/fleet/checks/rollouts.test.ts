import { expect } from "chai";
import { checkRollouts } from "../../../fleet/checks/rollouts";
import { checkWaves } from "../../../fleet/checks/waves";
import type { Rollout } from "../../../fleet/model";
import { aFleet, aRollout, aWave, sites, type Overrides } from "../../support/fleet";
import { contextOf, problems } from "./context";

const four = sites(4, (index) => ({ region: index < 2 ? "atlantic" : "north-sea" }));
const fleetWith = (overrides: Overrides<Rollout>) => aFleet({ sites: four, rollouts: [aRollout(overrides)] });

describe("a rollout", () => {
  it("is fine when it takes every site", () => expect(problems(checkRollouts, fleetWith({}))).to.deep.equal([]));

  it("takes sites to a release that exists", () => {
    const [found] = checkRollouts(contextOf(fleetWith({ release: "2026.11.1" })));
    expect(found).to.include({ code: "EDGE-ROLL-001", hint: "Did you mean 2026.11.0?" });
  });

  it("may name a release whose file has errors: that is said there", () => {
    const context = contextOf(fleetWith({}), { releases: [] });
    expect(checkRollouts(context)).to.deep.equal([]);
  });

  it("names sites that exist, in its own selector and in those of waves", () => {
    const found = checkRollouts(
      contextOf(
        fleetWith({
          selector: { names: ["porto", "site-1", "site-2", "site-3", "sitte-1"] },
          waves: [aWave({ selector: { names: ["port"] } }), aWave({ name: "rest", size: "rest" })],
        }),
      ),
    ).filter((problem) => problem.code === "EDGE-ROLL-002");
    expect(found.map(({ message, hint }) => [message, hint])).to.deep.equal([
      ['there is no site "sitte-1"', "Did you mean site-1?"],
      ['there is no site "port"', "Did you mean porto?"],
    ]);
    expect(found.map((problem) => problem.path)).to.deep.equal([
      ["spec", "selector", "names", 4],
      ["spec", "waves", 0, "selector", "names", 0],
    ]);
  });

  it("says which sites it does not select", () => {
    expect(problems(checkRollouts, fleetWith({ selector: { regions: ["north-sea"] } }))).to.deep.equal([
      "EDGE-ROLL-004 spec.selector: 2 of 4 sites are not selected: porto, site-1",
    ]);
  });

  it("says when it or a wave matches nothing", () => {
    expect(problems(checkRollouts, fleetWith({ selector: { regions: ["baltic"] } }))).to.deep.equal([
      "EDGE-ROLL-003 spec.selector: the selector matches none of 4 sites",
    ]);
    const waves = [aWave({ name: "baltic", selector: { regions: ["baltic"] } }), aWave({ name: "rest", size: "rest" })];
    expect(problems(checkRollouts, fleetWith({ waves }))).to.deep.equal([
      'EDGE-ROLL-003 spec.waves[0].selector: wave "baltic" matches none of the 4 selected sites',
    ]);
  });

  it("does not match a label by what objects inherit", () => {
    const selector = { matchLabels: { constructor: "x" }, matchExpressions: [] };
    expect(problems(checkRollouts, fleetWith({ selector }))[0]).to.match(/^EDGE-ROLL-003/);
  });

  it("says nothing of missing sites while some site cannot be read", () => {
    const context = contextOf(fleetWith({ selector: { regions: ["baltic"] } }), { sitesComplete: false });
    expect(checkRollouts(context)).to.deep.equal([]);
  });
});

describe("the waves of a rollout", () => {
  it("may begin with a canary and end with the rest", () =>
    expect(problems(checkWaves, fleetWith({}))).to.deep.equal([]));

  it("have a canary first or not at all", () => {
    const waves = [
      aWave({ name: "first" }),
      aWave({ name: "late", canary: true }),
      aWave({ name: "rest", size: "rest" }),
    ];
    expect(problems(checkWaves, fleetWith({ waves }))).to.deep.equal([
      'EDGE-ROLL-005 spec.waves[1].canary: wave "late" is number 2 and a canary',
    ]);
  });

  it("end with the one that takes all the rest", () => {
    const waves = [aWave({ name: "rest", size: "rest" }), aWave({ name: "late" })];
    expect(problems(checkWaves, fleetWith({ waves }))).to.deep.equal([
      'EDGE-ROLL-006 spec.waves[1].size: wave "late" follows "rest", which takes all the rest',
    ]);
  });

  it("may take the rest of one region before the rest of all", () => {
    const waves = [
      aWave({ name: "atlantic", size: "rest", selector: { regions: ["atlantic"] } }),
      aWave({ name: "rest", size: "rest" }),
    ];
    expect(problems(checkWaves, fleetWith({ waves }))).to.deep.equal([]);
  });

  const coverage: [string, Rollout["waves"], string[]][] = [
    ["by counts", [aWave({ size: { count: 4 } })], []],
    ["by a share rounded up", [aWave({ size: { percent: 51 } }), aWave({ name: "b", size: { percent: 25 } })], []],
    [
      "or say how many the sizes leave over",
      [aWave({ size: { percent: 25 } }), aWave({ name: "b", size: { count: 1 } })],
      [
        "EDGE-ROLL-007 spec.waves: 2 of 4 selected sites are in no wave: the sizes leave 2 over; edgewave plan names them",
      ],
    ],
    [
      "or name those that no wave matches",
      [aWave({ size: "rest", selector: { regions: ["atlantic"] } })],
      ["EDGE-ROLL-007 spec.waves: 2 of 4 selected sites are in no wave: no wave matches site-2, site-3"],
    ],
  ];
  for (const [title, waves, expected] of coverage) {
    it(`cover all selected sites ${title}`, () =>
      expect(problems(checkWaves, fleetWith({ waves }))).to.deep.equal(expected));
  }
});
