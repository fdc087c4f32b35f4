import { expect } from "chai";
import fc from "fast-check";
import { overlap, rangeOf } from "../../../fleet/addressRange";
import { checkRanges, checkSiteRanges } from "../../../fleet/checks/ranges";
import type { SiteNetwork } from "../../../fleet/model";
import { aFleet, aSite, sites } from "../../support/fleet";
import { contextOf, problems } from "./context";

const ofNetwork = (network: Partial<SiteNetwork>) => problems(checkRanges, aFleet({ sites: [aSite({ network })] }));

describe("the ranges of a site", () => {
  it("are fine in a valid fleet", () => {
    expect(ofNetwork({})).to.deep.equal([]);
  });

  const cases: [string, Partial<SiteNetwork>, string[]][] = [
    [
      "begin at their first address",
      { podCidr: "172.20.0.7/16" },
      ["EDGE-NET-001 spec.network.podCidr: 172.20.0.7/16 is not the first address of its range"],
    ],
    [
      "must not overlap: pods in nodes",
      { podCidr: "10.100.0.0/16" },
      ["EDGE-NET-002 spec.network.podCidr: 10.100.0.0/16 overlaps nodeCidr 10.100.0.0/24"],
    ],
    [
      "must not overlap: services in pods",
      { serviceCidr: "172.20.128.0/20" },
      ["EDGE-NET-002 spec.network.serviceCidr: 172.20.128.0/20 overlaps podCidr 172.20.0.0/16"],
    ],
    [
      "must not overlap: services around both",
      { podCidr: "10.101.0.0/16", serviceCidr: "10.0.0.0/8" },
      [
        "EDGE-NET-002 spec.network.serviceCidr: 10.0.0.0/8 overlaps nodeCidr 10.100.0.0/24",
        "EDGE-NET-002 spec.network.serviceCidr: 10.0.0.0/8 overlaps podCidr 10.101.0.0/16",
      ],
    ],
    [
      "need a /24 of the pod range for each node",
      { podCidr: "172.20.0.0/25" },
      ["EDGE-NET-006 spec.network.podCidr: 172.20.0.0/25 has room for 0 nodes and the site has 1"],
    ],
    ["are wide enough with one /24 for one node", { podCidr: "172.20.0.0/24" }, []],
    ["may touch", { podCidr: "172.20.0.0/16", serviceCidr: "172.21.0.0/16" }, []],
  ];
  for (const [title, network, expected] of cases) {
    it(title, () => expect(ofNetwork(network)).to.deep.equal(expected));
  }

  it("says which prefix has room for all nodes", () => {
    const site = aSite({ profile: "ha-edge", network: { podCidr: "172.20.0.0/22" } });
    const [found] = checkRanges(contextOf(aFleet({ sites: [site] })));
    expect(found?.message).to.equal("172.20.0.0/22 has room for 4 nodes and the site has 7");
    expect(found?.hint).to.contain("at most /21");
  });
});

describe("the node ranges of different sites", () => {
  const withRanges = (cidrs: readonly string[]) =>
    aFleet({ sites: cidrs.map((nodeCidr, index) => aSite({ name: `s${index}`, network: { nodeCidr } }, index)) });

  it("may lie side by side", () => {
    expect(problems(checkSiteRanges, withRanges(["10.0.0.0/24", "10.0.1.0/24", "9.255.255.0/24"]))).to.deep.equal([]);
  });

  it("must not be the same", () => {
    expect(problems(checkSiteRanges, withRanges(["10.0.0.0/24", "10.0.0.0/24"]))).to.deep.equal([
      "EDGE-NET-003 spec.network.nodeCidr: 10.0.0.0/24 overlaps 10.0.0.0/24 of site s0",
    ]);
  });

  it("are compared with a wide one that began far before", () => {
    const ranges = ["10.0.0.0/8", "10.1.0.0/24", "10.2.0.0/24", "10.200.0.0/24", "11.0.0.0/24"];
    expect(problems(checkSiteRanges, withRanges(ranges))).to.deep.equal([
      "EDGE-NET-003 spec.network.nodeCidr: 10.1.0.0/24 overlaps 10.0.0.0/8 of site s0",
      "EDGE-NET-003 spec.network.nodeCidr: 10.2.0.0/24 overlaps 10.0.0.0/8 of site s0",
      "EDGE-NET-003 spec.network.nodeCidr: 10.200.0.0/24 overlaps 10.0.0.0/8 of site s0",
    ]);
  });

  it("are reported exactly when some pair overlaps, as comparing every pair would find", () => {
    const cidr = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 14, max: 26 }))
      .map(([b, c, prefix]) => `10.${b}.${c}.0/${prefix}`);
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 12 }), (cidrs) => {
        const found = problems(checkSiteRanges, withRanges(cidrs));
        const offenders = cidrs.filter((one, index) =>
          cidrs.some((other, position) => position !== index && overlap(rangeOf(one), rangeOf(other))),
        );
        expect(found.length > 0).to.equal(offenders.length > 0);
        expect(found.length).to.be.at.most(Math.max(0, offenders.length - 1));
      }),
    );
  });

  it("are checked for 5,000 sites without comparing every pair", () => {
    const fleet = aFleet({ sites: sites(5000) });
    const start = performance.now();
    expect(checkSiteRanges(contextOf(fleet))).to.deep.equal([]);
    expect(performance.now() - start).to.be.below(1000);
  });
});
