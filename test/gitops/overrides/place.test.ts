import { expect } from "chai";
import fc from "fast-check";
import { profileOf } from "../../../profiles";
import { cutForSite } from "../../../gitops/cut";
import { folderOf, placedPatches } from "../../../gitops/overrides/place";
import { addedObjects } from "../../../gitops/overrides/render";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import { filesOf, renderRelease } from "../../../gitops/render/release";
import { servicesOf } from "../../../gitops/render/services";
import { aRelease, aSite } from "../../support/fleet";
import { someSites } from "../render/anyFleet";
import { anOverride, mergePatch, someOverrides } from "./sample";

describe("where a patch stands", () => {
  it("is where the object is rendered, for every object of a site", () => {
    fc.assert(
      fc.property(someSites, ([site]) => {
        if (site === undefined) return;
        const overrides = someOverrides.map((one) => ({
          ...one,
          patches: [],
          scope: { layer: "site" as const, site: site.name },
        }));
        const cut = cutForSite(renderRelease(aRelease(), [site], { overrides }), site.name);
        const services = servicesOf(site, profileOf(site.profile));
        const added = [...addedObjects(overrides).values()].flat();
        for (const { object, folder } of siteObjects(cut, site.name)) {
          const target = { kind: object.kind, name: object.metadata.name };
          expect(folderOf(target, site.name, services, added), `${target.kind}/${target.name}`).to.equal(folder);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("is nowhere for an object that the site does not have", () => {
    const services = servicesOf(aSite(), profileOf("micro"));
    for (const [kind, name] of [
      ["HelmRelease", "strimzi-kafka-operator"],
      ["Kustomization", "added"],
      ["Deployment", "loki"],
    ] as const) {
      expect(folderOf({ kind, name }, "porto", services, []), `${kind}/${name}`).to.equal(undefined);
    }
    const lost = anOverride({ name: "lost", patches: [mergePatch("HelmRelease", "nothing", {})] });
    expect(() => placedPatches("porto", services, [lost])).to.throw("patches HelmRelease/nothing");
  });
});

describe("a release with overrides", () => {
  it("is the same to the byte in whatever order they come, and changes only the sites that they are for", () => {
    const two = [aSite(), aSite({ name: "lagos", profile: "mini", labels: { country: "es" } }, 1)];
    const files = (overrides: typeof someOverrides) => new Map(filesOf(renderRelease(aRelease(), two, { overrides })));
    const [plain, once, reversed] = [files([]), files(someOverrides), files([...someOverrides].reverse())];
    expect([...reversed]).to.deep.equal([...once]);
    const changed = [...once].filter(([file, text]) => plain.get(file) !== text).map(([file]) => file);
    expect(changed).not.to.be.empty;
    for (const file of changed) expect(file).to.match(/^applications\/overlays\/porto\//);
  });

  it("takes of two added objects that are one the stronger layer's", () => {
    const object = (count: string) => ({
      object: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "berths", namespace: "default" },
        data: { count },
      },
      source: { file: "overrides/x.yaml", line: 3 },
    });
    const overrides = [
      anOverride({ name: "z", scope: { layer: "profile", profile: "micro" }, objects: [object("1")] }),
      anOverride({ name: "a", objects: [object("2")] }),
    ];
    const cut = cutForSite(renderRelease(aRelease(), [aSite()], { overrides }), "porto");
    expect([...cut.keys()].filter((file) => file.includes("/added/"))).to.deep.equal([
      "applications/overlays/porto/added/kustomization.yaml",
      "applications/overlays/porto/added/a.yaml",
    ]);
  });
});
