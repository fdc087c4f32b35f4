import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { objectIdentity, overridesOf, type KubernetesObject } from "../../../fleet/overrides";
import { cutForSite } from "../../../gitops/cut";
import type { Files } from "../../../gitops/files";
import { applied } from "../../../gitops/overrides/apply";
import { siteObjects, targetOf, type SiteObject } from "../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../gitops/render/release";
import { aLocalIssuer, aRelease, aSite } from "../../support/fleet";
import { firstTime, needsKubectl } from "../../support/kubectl";
import { anOverride, everyProfile, someOverrides } from "./sample";

/** What the real kustomize makes of every folder that Flux builds at a site, by identity. */
function built(kubectl: string, cut: Files, folders: readonly string[]): Map<string, KubernetesObject> {
  const root = mkdtempSync(path.join(tmpdir(), "edgewave-kustomize-"));
  try {
    for (const [file, text] of cut) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    const objects = folders.flatMap((folder) => {
      const text = execFileSync(kubectl, ["kustomize", path.join(root, folder)], { encoding: "utf8" });
      return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
    });
    return new Map(objects.map((object) => [objectIdentity(object), object]));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe("the real kustomize", function () {
  this.timeout(60_000);
  let kubectl = "";
  before(async function () {
    this.timeout(firstTime);
    kubectl = await needsKubectl(this);
  });

  it("builds a site with an issuer for people, its sealed Secret among it", () => {
    const site = aSite({
      profile: "standard",
      identity: { hub: undefined, local: aLocalIssuer("porto.harbours.example"), mirrorPort: 8443 },
    });
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "dex-people", namespace: "dex" } };
    const source = { file: "overrides/people.yaml", line: 1 };
    const overrides = [anOverride({ name: "people", objects: [{ object, source }] })];
    const cut = cutForSite(renderRelease(aRelease(), [site], { overrides }), site.name);
    const own = siteObjects(cut, site.name).filter(({ folder }) => folder.endsWith("/values/dex"));
    const real = built(kubectl, cut, [...new Set(own.map(({ folder }) => folder))]);
    expect([...real.keys()].sort()).to.deep.equal(own.map(({ object: one }) => objectIdentity(one)).sort());
    expect(own.map(({ object: { kind } }) => kind)).to.include.members(["Secret", "Deployment", "PodDisruptionBudget"]);
    for (const { object: one } of own) expect(real.get(objectIdentity(one))).to.deep.equal(one);
  });

  for (const profile of everyProfile) {
    it(`builds every folder of a ${profile} site, and what edgewave takes it for`, () => {
      const site = aSite({ profile });
      const overrides = overridesOf(site, someOverrides);
      const cut = cutForSite(renderRelease(aRelease(), [site], { overrides: someOverrides }), site.name);
      const own = [...siteObjects(cut, site.name)];
      const folders = [...new Set(own.map(({ folder }) => folder))];
      const real = built(kubectl, cut, folders);
      // A patch is tried in the order of the layers, as `edgewave explain` and the check of overrides do.
      for (const patch of overrides.flatMap(({ patches }) => patches)) {
        const target = targetOf(own, patch) as SiteObject;
        const result = applied(target.object, patch.change);
        if ("problem" in result) throw new Error(result.problem);
        own[own.indexOf(target)] = { ...target, object: result.object as unknown as KubernetesObject };
      }
      expect([...real.keys()].sort()).to.deep.equal(own.map(({ object }) => objectIdentity(object)).sort());
      for (const { object } of own)
        expect(real.get(objectIdentity(object)), objectIdentity(object)).to.deep.equal(object);
    });
  }

  it("builds the root of a cut, which Flux is given", () => {
    const site = aSite();
    const cut = cutForSite(renderRelease(aRelease(), [site]), site.name);
    expect([...built(kubectl, cut, ["."]).keys()]).to.include("v1/ConfigMap/flux-system/site");
  });
});
