import { expect } from "chai";
import { imagePathReport } from "../../probes/imagePath";
import { aRelease, aSite } from "../support/fleet";

const node = (name: string, nodeInfo: object) => ({ metadata: { name }, status: { nodeInfo } });
const good = { architecture: "amd64", containerRuntimeVersion: "containerd://2.2.3", kubeletVersion: "v1.35.1" };
const report = (...nodes: ReturnType<typeof node>[]) => imagePathReport(nodes, aSite(), aRelease());

describe("the image path of a cluster that others made", () => {
  it("is told where nothing speaks against it, so that nobody takes it for made", () => {
    expect(report(node("a", good))).to.deep.equal([
      "image path: 1 nodes looked at, none changed; their containerd has to ask bastion.porto.harbours.example:5000 as the files in images/ say",
    ]);
  });

  const table: readonly (readonly [string, object, RegExp])[] = [
    ["another architecture", { architecture: "arm64" }, /a is arm64, and the site's images are for amd64/],
    ["another runtime", { containerRuntimeVersion: "cri-o://1.35.0" }, /a runs cri-o, which does not read/],
    ["a containerd without hosts.toml", { containerRuntimeVersion: "containerd://1.4.13" }, /containerd 1\.4\.13/],
    ["another minor version", { kubeletVersion: "v1.33.4" }, /a has Kubernetes 1\.33\.4, .* for 1\.35\.4/],
  ];
  for (const [title, change, expected] of table) {
    it(`is told of ${title}`, () => {
      const lines = report(node("a", { ...good, ...change }), node("b", good));
      expect(lines).to.have.length(2);
      expect(lines[0]).to.match(expected);
    });
  }

  it("says nothing of what a node does not tell", () => {
    expect(imagePathReport([{}, { status: 3 }], aSite(), aRelease())).to.have.length(1);
  });
});
