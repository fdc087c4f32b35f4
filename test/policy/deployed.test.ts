import { expect } from "chai";
import { deployedResources } from "../../policy/deployed";

const urn = (type: string, name: string) => `urn:pulumi:porto::edgewave::edgewave:gitea:LocalGitea$${type}::${name}`;
const claim = "kubernetes:core/v1:PersistentVolumeClaim";

describe("what is deployed", () => {
  const read = (text: string | undefined) =>
    deployedResources("/out", "porto", (file) =>
      file === "/out/state/.pulumi/stacks/edgewave/porto.json" ? text : "wrong file",
    );

  it("is what the last checkpoint has, with type, name, inputs and outputs, but for what is to be deleted", () => {
    const resources = [
      { type: claim, urn: urn(claim, "gitea-data"), inputs: { spec: 1 }, outputs: { spec: 1, status: 2 } },
      { type: claim, urn: urn(claim, "a::b"), delete: true, inputs: {} },
      { type: "pulumi:pulumi:Stack", urn: "urn:pulumi:porto::edgewave::pulumi:pulumi:Stack::edgewave-porto" },
      { nothing: true },
    ];
    expect(read(JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }))).to.deep.equal([
      {
        type: claim,
        name: "gitea-data",
        urn: urn(claim, "gitea-data"),
        props: { spec: 1 },
        outputs: { spec: 1, status: 2 },
        origin: "stack",
      },
      {
        type: "pulumi:pulumi:Stack",
        name: "edgewave-porto",
        urn: resources[2]?.urn,
        props: {},
        outputs: {},
        origin: "stack",
      },
    ]);
  });

  it("is nothing where a stack is new or has been destroyed", () => {
    expect(read(undefined)).to.equal(undefined);
    expect(read(JSON.stringify({ version: 3, checkpoint: {} }))).to.deep.equal([]);
  });

  it("is not known where the file is broken", () => expect(read("{")).to.equal(undefined));
});
