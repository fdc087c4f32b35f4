import { expect } from "chai";
import { checkAddresses, checkApiVip } from "../../../fleet/checks/addresses";
import { aFleet, aSite, sites } from "../../support/fleet";
import { problems } from "./context";

describe("addresses", () => {
  it("are fine in a valid fleet of every profile", () => {
    const profiles = ["micro", "mini", "standard", "ha-edge"] as const;
    const fleet = aFleet({ sites: sites(4, (index) => ({ profile: profiles[index] as "micro" })) });
    expect(problems(checkAddresses, fleet)).to.deep.equal([]);
    expect(problems(checkApiVip, fleet)).to.deep.equal([]);
  });

  const outside: [string, Parameters<typeof aSite>[0], string][] = [
    ["the gateway", { network: { gateway: "10.99.0.1" } }, "spec.network.gateway: gateway 10.99.0.1"],
    ["the bastion", { bastion: { address: "10.99.0.2" } }, "spec.bastion.address: bastion 10.99.0.2"],
    ["the API address", { network: { apiVip: "10.99.0.3" } }, "spec.network.apiVip: API address 10.99.0.3"],
    [
      "a node",
      { nodes: [{ ...aSite().nodes[0]!, address: "10.99.0.4" }] },
      "spec.nodes[0].address: node porto-cp-1 10.99.0.4",
    ],
    ["the range's own address", { bastion: { address: "10.100.0.0" } }, "spec.bastion.address: bastion 10.100.0.0"],
    ["the broadcast address", { bastion: { address: "10.100.0.255" } }, "spec.bastion.address: bastion 10.100.0.255"],
  ];
  for (const [title, overrides, start] of outside) {
    it(`must be inside the node range: ${title}`, () => {
      expect(problems(checkAddresses, aFleet({ sites: [aSite(overrides)] }))).to.deep.equal([
        `EDGE-NET-004 ${start} is not a usable address of 10.100.0.0/24`,
      ]);
    });
  }

  it("are distinct in a site", () => {
    const fleet = aFleet({ sites: [aSite({ bastion: { address: "10.100.0.1" } })] });
    expect(problems(checkAddresses, fleet)).to.deep.equal([
      "EDGE-NET-005 spec.bastion.address: 10.100.0.1 is already the gateway of this site",
    ]);
  });

  it("are distinct in the fleet", () => {
    const [first, second] = sites(2);
    const twin = { ...second!, network: first!.network, bastion: { ...second!.bastion, address: "10.100.0.3" } };
    const fleet = aFleet({ sites: [first!, { ...twin, nodes: [{ ...second!.nodes[0]!, address: "10.100.0.11" }] }] });
    expect(problems(checkAddresses, fleet)).to.deep.equal([
      "EDGE-NET-005 spec.network.gateway: 10.100.0.1 is already the gateway of site porto",
      "EDGE-NET-005 spec.nodes[0].address: 10.100.0.11 is already the node porto-cp-1 of site porto",
    ]);
  });

  it("of both ends are usable in a /31", () => {
    const site = aSite({
      network: { nodeCidr: "10.100.0.0/31", gateway: "10.100.0.0" },
      bastion: { address: "10.100.0.1" },
      nodes: [],
    });
    expect(problems(checkAddresses, aFleet({ sites: [site] }))).to.deep.equal([]);
  });
});

describe("the API address", () => {
  it("is needed with several control planes", () => {
    const site = aSite({ profile: "standard", network: { apiVip: undefined } });
    expect(problems(checkApiVip, aFleet({ sites: [site] }))).to.deep.equal([
      "EDGE-NET-007 spec.network.apiVip: 3 control planes and no apiVip",
    ]);
  });

  it("is of no use with one", () => {
    const site = aSite({ network: { apiVip: "10.100.0.5" } });
    expect(problems(checkApiVip, aFleet({ sites: [site] }))).to.deep.equal([
      "EDGE-NET-008 spec.network.apiVip: apiVip 10.100.0.5 with one control plane",
    ]);
  });
});
