import { expect } from "chai";
import { checkTopology } from "../../../fleet/checks/topology";
import type { ProfileName, ResolvedSite, SiteNode } from "../../../fleet/model";
import { aFleet, aSite } from "../../support/fleet";
import { problems } from "./context";

const ofSite = (site: ResolvedSite) => problems(checkTopology, aFleet({ sites: [site] }));
const names: readonly ProfileName[] = ["micro", "mini", "standard", "ha-edge"];

describe("the nodes of a site", () => {
  for (const profile of names) {
    it(`are fine in a valid ${profile} site`, () => expect(ofSite(aSite({ profile }))).to.deep.equal([]));

    it(`are counted: ${profile} without nodes`, () => {
      const found = ofSite(aSite({ profile, nodes: [] }));
      expect(found[0]).to.match(/^EDGE-SITE-001 spec\.nodes: 0 control planes, and /);
      if (profile !== "micro") expect(found[1]).to.match(/^EDGE-SITE-002 spec\.nodes: 0 workers, and /);
    });
  }

  it("are at most two workers in mini", () => {
    const { nodes } = aSite({ profile: "mini" });
    const worker = nodes[1] as SiteNode;
    expect(ofSite(aSite({ profile: "mini", nodes: [...nodes, worker, worker] }))).to.deep.equal([
      "EDGE-SITE-002 spec.nodes: 3 workers, and mini has 1 to 2",
    ]);
  });

  it("are any number of workers from four in ha-edge", () => {
    const { nodes } = aSite({ profile: "ha-edge" });
    const worker = nodes.at(-1) as SiteNode;
    expect(ofSite(aSite({ profile: "ha-edge", nodes: [...nodes, ...Array<SiteNode>(20).fill(worker)] }))).to.deep.equal(
      [],
    );
    expect(ofSite(aSite({ profile: "ha-edge", nodes: nodes.slice(0, -1) }))).to.deep.equal([
      "EDGE-SITE-002 spec.nodes: 3 workers, and ha-edge has 4 or more",
    ]);
  });

  it("work too where the control plane is the only node", () => {
    const node = { ...aSite().nodes[0]!, roles: ["control-plane" as const] };
    expect(ofSite(aSite({ nodes: [node] }))).to.deep.equal([
      "EDGE-SITE-003 spec.nodes[0].roles: the control plane of micro carries workloads, and porto-cp-1 is no worker",
    ]);
  });

  it("of the control plane carry no workloads in larger profiles", () => {
    const [first, ...others] = aSite({ profile: "mini" }).nodes;
    const both = { ...first!, roles: ["control-plane", "worker"] as const };
    expect(ofSite(aSite({ profile: "mini", nodes: [both, ...others] }))).to.deep.equal([
      "EDGE-SITE-003 spec.nodes[0].roles: the control planes of mini carry no workloads, and porto-cp-1 is a worker too",
    ]);
  });

  it("have each role once", () => {
    const node = { ...aSite().nodes[0]!, roles: ["worker", "worker"] as const };
    expect(ofSite(aSite({ nodes: [node] }))).to.include('EDGE-SITE-003 spec.nodes[0].roles: "worker" is there twice');
  });

  it("are at least as large as the profile's machine", () => {
    const node = { ...aSite().nodes[0]!, cpu: 2, memoryMiB: 4096, diskGiB: 64 };
    expect(ofSite(aSite({ nodes: [node] }))).to.deep.equal([
      "EDGE-SITE-004 spec.nodes[0].cpu: porto-cp-1 has 2 CPUs, and micro needs 4",
      "EDGE-SITE-004 spec.nodes[0].memory: porto-cp-1 has 4096 MiB of memory, and micro needs 7680",
      "EDGE-SITE-004 spec.nodes[0].disk: porto-cp-1 has 64 GiB of disk, and micro needs 110",
    ]);
  });
});
