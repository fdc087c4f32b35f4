import { expect } from "chai";
import { assembleFleet } from "../../fleet/assemble";
import { builtInKnowledge } from "../../fleet/knowledge";
import { overridesOf } from "../../fleet/overrides";
import { aFleet, aSite } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import { anOverride } from "../gitops/overrides/sample";

const head = "apiVersion: edgewave.dev/v1alpha1\nkind: Override\nmetadata:\n  name: quay\nspec:\n";
const read = (spec: string, file = "overrides/quay.yaml") =>
  assembleFleet([...fleetFiles(aFleet()), { path: file, text: `${head}${spec}` }], builtInKnowledge);

describe("an override's file", () => {
  it("is read with the line of each of its parts", () => {
    const { fleet, findings } = read(
      [
        "  for:",
        "    profile: micro",
        "  patches:",
        "    - target: { kind: HelmRelease, name: loki }",
        "      merge: { spec: { timeout: 20m } }",
        "    - target: { kind: HelmRelease, name: loki }",
        "      json6902:",
        "        - { op: remove, path: /spec/timeout }",
        "  objects:",
        "    - { apiVersion: v1, kind: ConfigMap, metadata: { name: berths, namespace: default } }",
        "",
      ].join("\n"),
    );
    expect(findings).to.deep.equal([]);
    const [override] = fleet?.overrides ?? [];
    expect(override?.scope).to.deep.equal({ layer: "profile", profile: "micro" });
    expect(override?.patches.map(({ change, source }) => [change.type, source.line])).to.deep.equal([
      ["merge", 9],
      ["json6902", 11],
    ]);
    expect(override?.objects[0]?.source).to.deep.equal({ file: "overrides/quay.yaml", line: 15 });
  });

  const patch = "  patches:\n    - target: { kind: HelmRelease, name: loki }\n";
  const merge = `${patch}      merge: { spec: {} }\n`;
  const mistakes: readonly (readonly [string, string, string])[] = [
    ["no scope", `  for: {}\n${merge}`, "6 EDGE-VALUE-003"],
    ["two scopes", `  for: { site: porto, profile: micro }\n${merge}`, "6 EDGE-VALUE-003"],
    ["a scope of no label", `  for: { matchLabels: {} }\n${merge}`, "6 EDGE-VALUE-003"],
    ["nothing to do", "  for: { site: porto }\n", "5 EDGE-VALUE-003"],
    ["a patch without a change", `  for: { site: porto }\n${patch}`, "8 EDGE-VALUE-003"],
    [
      "a pointer that is none",
      `  for: { site: porto }\n${patch}      json6902: [{ op: remove, path: spec }]\n`,
      "9 EDGE-VALUE-003",
    ],
    [
      "an addition of nothing",
      `  for: { site: porto }\n${patch}      json6902: [{ op: add, path: /spec }]\n`,
      "9 EDGE-VALUE-003",
    ],
    [
      "an object without a kind",
      "  for: { site: porto }\n  objects:\n    - { apiVersion: v1, metadata: { name: x } }\n",
      "8 EDGE-KEY-002",
    ],
    ["an unknown key", `  for: { site: porto }\n  patch: []\n${merge}`, "7 EDGE-KEY-001"],
    ["a site that the fleet does not have", `  for: { site: portto }\n${merge}`, "6 EDGE-OVER-001"],
    ["labels that no site has", `  for: { matchLabels: { country: xx } }\n${merge}`, "6 EDGE-OVER-002"],
  ];
  for (const [what, spec, expected] of mistakes) {
    it(`is refused for ${what}, at its line`, () => {
      expect(read(spec).findings.map(({ line, code }) => `${line} ${code}`)).to.include(expected);
    });
  }

  it("does not belong among the sites", () => {
    const { findings } = read(`  for: { site: porto }\n${merge}`, "sites/quay.yaml");
    expect(findings.map(({ code, hint }) => [code, hint])).to.deep.include([
      "EDGE-DOC-003",
      "Move it into a file in overrides.",
    ]);
  });
});

describe("the overrides of a site", () => {
  const all = [
    anOverride({ name: "z", scope: { layer: "profile", profile: "micro" } }),
    anOverride({ name: "y", scope: { layer: "labels", matchLabels: { country: "pt" } } }),
    anOverride({ name: "b", scope: { layer: "labels", matchLabels: { region: "atlantic", architecture: "amd64" } } }),
    anOverride({ name: "a" }),
    anOverride({ name: "c", scope: { layer: "site", site: "lagos" } }),
    anOverride({ name: "d", scope: { layer: "labels", matchLabels: { country: "pt", tier: "main" } } }),
  ];

  it("act by layer, and in a layer by name", () => {
    const names = overridesOf(aSite(), all).map(({ name }) => name);
    expect(names).to.deep.equal(["z", "b", "y", "a"]);
    expect(overridesOf(aSite(), [...all].reverse()).map(({ name }) => name)).to.deep.equal(names);
  });
});
