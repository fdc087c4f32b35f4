import { expect } from "chai";
import { contentResources } from "../../policy/git/content";
import { helmValuesType } from "../../policy/resource";

const release = (more = "") => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: loki }
spec:
  targetNamespace: logs
  valuesFrom: [{ name: loki-base }, { name: loki-site }]
${more}`;
const generator = (name: string, file: string) => `kind: Kustomization
apiVersion: kustomize.config.k8s.io/v1beta1
configMapGenerator: [{ name: ${name}, files: [values.yaml=${file}] }]`;

describe("what Flux takes from Git", () => {
  const files = new Map([
    ["base/kustomization.yaml", generator("loki-base", "v.yaml")],
    ["base/v.yaml", "a: { b: 1, c: 2 }\nlist: [1, 2]\ngone: 1"],
    ["base/release.yaml", release("  values: { a: { c: 4 } }")],
    ["site/kustomization.yaml", generator("loki-site", "v.yaml")],
    ["site/v.yaml", "a: { c: 3 }\nlist: [3]\ngone: null"],
    [
      "site/flux.yaml",
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: x }\nspec: { postBuild: { substituteFrom: [{ name: site }] } }",
    ],
    ["site/site.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: site }\ndata: { domain: porto.example }"],
    [
      "site/other.yaml",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\ndata: { url: 'https://${domain}/${unknown}' }\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: s }",
    ],
    ["site/readme.md", "no: yaml"],
  ]);
  const resources = contentResources(files);
  const named = (type: string) => resources.filter((one) => one.type === type);

  it("merges the layers of a release's values as Helm does: the last wins, null takes away, lists are whole", () => {
    const [values, ...others] = named(helmValuesType);
    expect(others).to.deep.equal([]);
    expect(values?.props).to.deep.equal({
      service: "loki",
      namespace: "logs",
      values: { a: { b: 1, c: 4 }, list: [3] },
    });
  });

  it("fills in the site's variables, and leaves what is none", () => {
    expect(JSON.stringify(named("kubernetes:core/v1:ConfigMap"))).to.include("https://porto.example/${unknown}");
  });

  it("takes every object of a file, and nothing that kustomize or people read", () => {
    expect(named("kubernetes:core/v1:Secret")).to.have.length(1);
    expect(resources.some(({ type }) => type.includes("kustomize.config"))).to.equal(false);
    expect(resources.every(({ origin }) => origin === "git")).to.equal(true);
  });
});
