import { expect } from "chai";
import fc from "fast-check";

import { noReturn, wayBetween } from "../../rollout/hops";
import { releasesBefore } from "../../rollout/start";
import { planWaves } from "../../rollout/planWaves";
import { aFleet, aRelease, aRollout, aSite } from "../support/fleet";
import { startOf } from "./support/plan";

const minor = (number: number, month = 1) =>
  aRelease({
    name: `r${number}-${month}`,
    date: `2026-${String(month).padStart(2, "0")}-01`,
    kubernetes: `1.${number}.1`,
  });
const all = [minor(32), minor(33), minor(33, 3), minor(34, 4), minor(35, 6), minor(34, 9)];
const target = all[4]!;

describe("the way between two releases", () => {
  const cases: [string, string, ReturnType<typeof wayBetween>][] = [
    ["is straight to the same minor version", "r35-6", {}],
    ["is straight to the next one", "r34-4", {}],
    [
      "goes through each one between, by its newest release that is not younger than the last",
      "r32-1",
      { hops: ["r33-3", "r34-4"] },
    ],
    ["is straight from a release that the fleet no longer has", "r1-1", {}],
  ];
  for (const [name, from, way] of cases) it(name, () => expect(wayBetween(from, target, all, 10)).to.deep.equal(way));

  it("is not there where no release has a minor version", () => {
    const { impassable } = wayBetween(
      "r32-1",
      target,
      all.filter(({ kubernetes }) => kubernetes !== "1.33.1"),
      10,
    );
    expect(impassable).to.match(/goes through Kubernetes 1.33, and the fleet has no release with it/);
  });
  it("is not there where it is longer than allowed", () => {
    expect(wayBetween("r32-1", target, all, 3)).to.have.property("hops");
    expect(wayBetween("r32-1", target, all, 2).impassable).to.match(
      /is 3 hops away from release r32-1; catchUp.maxHops is 2/,
    );
  });
  it("never skips a minor version, whatever releases there are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 28, max: 36 }), fc.integer({ min: 1, max: 12 })), { minLength: 1 }),
        (made) => {
          const releases = made.map(([number, month], index) => ({ ...minor(number, month), name: `r${index}` }));
          const last = releases.at(-1)!;
          const { hops = [], impassable } = wayBetween("r0", last, releases, 50);
          const minors = ["r0", ...hops, last.name].map((name) =>
            Number(releases.find((r) => r.name === name)!.kubernetes.split(".")[1]),
          );
          if (impassable === undefined && minors[0]! <= minors.at(-1)!) {
            minors.slice(1).forEach((next, index) => expect(next - minors[index]!).to.be.at.most(1));
          }
        },
      ),
    );
  });
});

describe("the release that a site had", () => {
  const before = (siteTarget: "field" | "render", from: string, release = target) => {
    const fleet = aFleet({ sites: [aSite({ target: siteTarget })], releases: all });
    const plan = planWaves(fleet.sites, aRollout());
    const success = { desiredHash: "h", release: from, evidence: "e", token: 1, resources: 1, changedAt: 0 };
    const { sites } = startOf({ ...plan, waves: [{ ...plan.waves[0]!, sites: ["porto"] }] });
    return releasesBefore(sites, { fleet, release, plan, successes: new Map([["porto", success]]) })["porto"];
  };
  it("cannot be gone back to across a minor version", () => {
    expect(noReturn("r34-4", target, all)).to.match(/does not go back from 1.35.1 to 1.34.1/);
    expect(before("field", "r34-4")?.noReturn).to.match(/does not go back/);
    expect(noReturn("r35-6", target, all)).to.equal(undefined);
  });
  it("can be gone back to by files that are only rendered", () =>
    expect(before("render", "r34-4")).to.deep.equal({ release: "r34-4" }));
  it("is no way down to an older minor version", () => {
    expect(before("field", "r35-6", all[3])?.impassable).to.match(
      /does not go down from 1.35.1 of release r35-6 to 1.34.1/,
    );
    expect(before("render", "r35-6", all[3])?.impassable).to.equal(undefined);
  });
});
