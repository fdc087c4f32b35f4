import { expect } from "chai";
import fc from "fast-check";
import { posix } from "node:path";
import { parse } from "yaml";
import { cutForSite } from "../../gitops/cut";
import type { Files } from "../../gitops/files";
import { renderRelease } from "../../gitops/render/release";
import { aRelease, aSite, sites } from "../support/fleet";
import { someSites } from "./render/anyFleet";
import { type KubernetesObject, identity, objectsOf } from "./render/objectsOf";

interface KustomizationFile {
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly { name: string; namespace: string; files: readonly string[] }[];
}

/** What `kustomize build` would bring together from a folder, as far as this project's kustomizations go. */
function build(cut: Files, folder: string, seen: string[] = []): KubernetesObject[] {
  const path = posix.join(folder, "kustomization.yaml");
  const text = cut.get(path);
  if (text === undefined) throw new Error(`${path} is missing`);
  seen.push(path);
  const { resources = [], configMapGenerator = [] } = parse(text) as KustomizationFile;
  return [
    ...resources.flatMap((resource) => {
      const target = posix.join(folder, resource);
      const file = cut.get(target);
      if (file === undefined) return build(cut, target, seen);
      seen.push(target);
      return objectsOf(new Map([[target, file]]));
    }),
    ...configMapGenerator.map(({ name, namespace, files }) => {
      for (const entry of files) {
        const target = posix.join(folder, entry.slice(entry.indexOf("=") + 1));
        expect(cut.has(target), target).to.equal(true);
        seen.push(target);
      }
      return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } };
    }),
  ];
}

/** Everything that Flux would apply: the root, and what each of its Kustomizations leads to. */
function everything(cut: Files): { objects: KubernetesObject[]; read: string[] } {
  const read: string[] = [];
  const root = build(cut, ".", read);
  const paths = root.filter(({ kind }) => kind === "Kustomization").map(({ spec }) => String(spec?.["path"]));
  return { objects: [...root, ...paths.flatMap((path) => build(cut, posix.normalize(path), read))], read };
}

const fewRuns = { numRuns: 20 };

describe("cutForSite", () => {
  it("names no other site, anywhere", () => {
    fc.assert(
      fc.property(someSites, (all) => {
        const tree = renderRelease(aRelease(), all);
        for (const site of all) {
          const text = [...cutForSite(tree, site.name)].flat().join("\n");
          expect(text).to.include(site.name);
          for (const other of all) if (other !== site) expect(text).not.to.include(other.name);
        }
      }),
      fewRuns,
    );
  });

  it("does not depend on which other sites there are", () => {
    fc.assert(
      fc.property(someSites, ([first, ...others]) => {
        if (first === undefined) return;
        const alone = cutForSite(renderRelease(aRelease(), [first]), first.name);
        const among = cutForSite(renderRelease(aRelease(), [...others, first]), first.name);
        expect([...among]).to.deep.equal([...alone]);
      }),
      fewRuns,
    );
  });

  it("holds whole objects, each of them once", () => {
    fc.assert(
      fc.property(someSites, (all) => {
        const tree = renderRelease(aRelease(), all);
        for (const { name } of all) {
          const { objects } = everything(cutForSite(tree, name));
          for (const object of objects) {
            expect(object.apiVersion).to.be.a("string").that.is.not.empty;
            expect(object.kind).to.be.a("string").that.is.not.empty;
            expect(object.metadata.name).to.match(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
          }
          const identities = objects.map(identity);
          expect(new Set(identities).size).to.equal(identities.length);
        }
      }),
      fewRuns,
    );
  });

  it("leads from the root to every file that it has", () => {
    const all = sites(4, (index) => ({ profile: (["micro", "mini", "standard", "ha-edge"] as const)[index] }));
    const tree = renderRelease(aRelease(), all);
    for (const { name } of all) {
      const cut = cutForSite(tree, name);
      expect([...new Set(everything(cut).read)].sort()).to.deep.equal([...cut.keys()].sort());
    }
  });

  const cut = cutForSite(renderRelease(aRelease(), [aSite({ profile: "mini" })]), "porto");
  const { objects } = everything(cut);
  const named = (kind: string) => new Set(objects.filter((o) => o.kind === kind).map((o) => o.metadata.name));

  it("gives every variable that its objects leave open a value", () => {
    const site = objects.find((o) => o.kind === "ConfigMap" && o.metadata.name === "site");
    // Values have the annotation that turns substitution off; they are not in `objects` as text.
    const used = new Set([...JSON.stringify(objects).matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]));
    expect([...used].sort()).to.deep.equal(["bastion_registry", "interval", "source_interval"]);
    expect(Object.keys(site?.data ?? {})).to.include.members([...used]);
    expect(site?.data?.["bastion_registry"]).to.equal("bastion.porto.harbours.example:5000");
  });

  it("turns substitution off for values", () => {
    const generators = [...cut]
      .filter(([path]) => path.endsWith("kustomization.yaml"))
      .flatMap(([, text]) => (parse(text) as { configMapGenerator?: object[] }).configMapGenerator ?? []);
    expect(generators).to.have.length.above(10);
    for (const generator of generators) {
      expect(generator).to.have.nested.property("options.annotations").that.deep.equals({
        "kustomize.toolkit.fluxcd.io/substitute": "disabled",
      });
    }
  });

  it("takes every chart from the bastion", () => {
    const sources = objects.filter(({ kind }) => kind === "OCIRepository");
    expect(sources)
      .to.have.length(objects.filter(({ kind }) => kind === "HelmRelease").length)
      .above(5);
    for (const { spec } of sources) expect(spec?.["url"]).to.match(/^oci:\/\/\$\{bastion_registry\}\/charts\/[a-z-]+$/);
  });

  it("orders its services by dependencies that are there, prunes them and waits for their health", () => {
    const services = objects.filter(({ kind }) => kind === "Kustomization");
    const order = new Map(
      services.map(({ metadata, spec }) => [
        metadata.name,
        ((spec?.["dependsOn"] ?? []) as { name: string }[]).map(({ name }) => name),
      ]),
    );
    expect(order.get("log-collector")).to.deep.equal(["loki"]);
    expect(order.get("kyverno-policies")).to.deep.equal(["kyverno"]);
    expect(order.get("velero")).to.deep.equal(["versitygw"]);
    expect(order.get("kube-prometheus-stack")).to.deep.equal(["cert-manager"]);
    for (const needed of order.values()) for (const name of needed) expect(order.has(name), name).to.equal(true);
    for (const { metadata, spec } of services) {
      expect(spec).to.include({ prune: true, timeout: "20m" });
      if (!objects.some(({ kind, metadata: { name } }) => kind === "HelmRelease" && name === metadata.name)) {
        expect(spec).to.include({ wait: true });
        continue;
      }
      expect(spec?.["healthChecks"]).to.deep.equal([
        { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", name: metadata.name, namespace: "flux-system" },
      ]);
    }
  });

  it("names each Helm release's chart and values as they are", () => {
    for (const { metadata, spec } of objects.filter(({ kind }) => kind === "HelmRelease")) {
      expect(named("OCIRepository")).to.include((spec?.["chartRef"] as { name: string }).name);
      expect(named("Namespace")).to.include(spec?.["targetNamespace"]);
      for (const layer of spec?.["valuesFrom"] as { name: string; optional?: boolean }[]) {
        if (!layer.optional) expect(named("ConfigMap"), metadata.name).to.include(layer.name);
      }
    }
  });

  it("never prunes a namespace, because volumes are in it", () => {
    for (const object of objects.filter(({ kind }) => kind === "Namespace")) {
      expect(object).to.have.nested.property("metadata.annotations").that.deep.equals({
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
      });
    }
  });

  it("has no inventory", () => {
    expect([...cut.keys()].filter((path) => path.startsWith("infrastructure"))).to.deep.equal([]);
  });

  it("refuses a site that was not rendered", () => {
    expect(() => cutForSite(renderRelease(aRelease(), [aSite()]), "lagos")).to.throw(
      "was not rendered for a site named lagos",
    );
  });
});
