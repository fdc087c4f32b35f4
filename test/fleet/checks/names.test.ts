import { expect } from "chai";
import { checkLabels, checkNames } from "../../../fleet/checks/names";
import { aFleet, aRollout, aSite, aWave, sites } from "../../support/fleet";
import { contextOf, problems } from "./context";

describe("names", () => {
  it("may be shared by a site, a release and a rollout", () => {
    const fleet = aFleet({ sites: [aSite({ name: "autumn" })] });
    expect(problems(checkNames, fleet)).to.deep.equal([]);
  });

  it("are used by one site only, and the second one says where the first is", () => {
    const twin = aSite({ name: "porto", source: { file: "sites/zz.yaml", line: 7 }, nodes: [] }, 1);
    const found = checkNames(contextOf(aFleet({ sites: [aSite(), twin] })));
    expect(found).to.have.lengthOf(1);
    expect(found[0]).to.include({
      code: "EDGE-NAME-002",
      message: 'the site "porto" is already in sites/porto.yaml:1',
    });
    expect(found[0]?.source).to.deep.equal({ file: "sites/zz.yaml", line: 7 });
  });

  it("of nodes are unique in the whole fleet", () => {
    const [first, second] = sites(2);
    const node = { ...second!.nodes[0]!, name: first!.nodes[0]!.name };
    const fleet = aFleet({ sites: [first!, { ...second!, nodes: [node] }] });
    expect(problems(checkNames, fleet)).to.deep.equal([
      'EDGE-NAME-002 spec.nodes[0].name: the node "porto-cp-1" is already at site porto',
    ]);
  });

  it("of nodes are unique in a site", () => {
    const site = aSite({ profile: "mini" });
    const nodes = site.nodes.map((node) => ({ ...node, name: "node" }));
    expect(problems(checkNames, aFleet({ sites: [{ ...site, nodes }] }))).to.deep.equal([
      'EDGE-NAME-002 spec.nodes[1].name: the node "node" is already at this site',
    ]);
  });

  it("of waves are unique in a rollout", () => {
    const waves = [aWave({ name: "one" }), aWave({ name: "two" }), aWave({ name: "one" })];
    expect(problems(checkNames, aFleet({ rollouts: [aRollout({ waves })] }))).to.deep.equal([
      'EDGE-NAME-002 spec.waves[2].name: the wave "one" is already in this rollout (one, two)',
    ]);
  });
});

describe("labels", () => {
  for (const label of ["region", "profile", "architecture"]) {
    it(`must not be named ${label}, which is a field`, () => {
      const fleet = aFleet({ sites: [aSite({ labels: { [label]: "x" } })] });
      expect(problems(checkLabels, fleet)).to.deep.equal([
        `EDGE-KEY-003 metadata.labels.${label}: the label "${label}" is reserved: the site has spec.${label}`,
      ]);
    });
  }

  it("may be named anything else", () => {
    expect(problems(checkLabels, aFleet({ sites: [aSite({ labels: { tier: "x", toString: "y" } })] }))).to.deep.equal(
      [],
    );
  });
});
