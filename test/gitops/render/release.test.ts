import { expect } from "chai";
import fc from "fast-check";
import { filesOf, renderRelease } from "../../../gitops/render/release";
import { UnsafeName } from "../../../gitops/names";
import type { LockedChart, Release } from "../../../fleet/model";
import { aLock, aRelease, aSite } from "../../support/fleet";
import { someSites } from "./anyFleet";
import { documentsOf } from "./objectsOf";

const bytes = (sites: Parameters<typeof renderRelease>[1]) =>
  JSON.stringify([...filesOf(renderRelease(aRelease(), sites))]);

describe("renderRelease", () => {
  it("is the same to the byte, whatever order the sites come in", () => {
    fc.assert(
      fc.property(
        someSites.chain((sites) =>
          fc.tuple(fc.constant(sites), fc.shuffledSubarray([...sites], { minLength: sites.length })),
        ),
        ([sites, shuffled]) => bytes(sites) === bytes(shuffled),
      ),
      { numRuns: 25 },
    );
  });

  it("holds each path once and parses everywhere", () => {
    fc.assert(
      fc.property(someSites, (sites) => {
        const files = [...filesOf(renderRelease(aRelease(), sites))];
        expect(new Set(files.map(([path]) => path)).size).to.equal(files.length);
        for (const [path, text] of files) {
          expect(text, path).to.match(/\n$/);
          documentsOf(text);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("has openCenter's layout", () => {
    const paths = new Set([...filesOf(renderRelease(aRelease(), [aSite()]))].map(([path]) => path));
    expect([...paths]).to.include.members([
      "applications/base/services/loki/namespace.yaml",
      "applications/base/services/loki/source.yaml",
      "applications/base/services/loki/helmrelease.yaml",
      "applications/base/services/loki/kustomization.yaml",
      "applications/base/services/loki/helm-values/values-18.11.0.yaml",
      "applications/overlays/porto/kustomization.yaml",
      "applications/overlays/porto/services/loki.yaml",
      "applications/overlays/porto/values/loki/kustomization.yaml",
      "infrastructure/clusters/porto/inventory/hosts.yaml",
      "infrastructure/clusters/porto/inventory/group_vars/all/offline.yml",
    ]);
  });

  it("names charts by the digests of the lock, and by tag alone while there are none", () => {
    const sources = (release: Release) =>
      [...filesOf(renderRelease(release, [aSite()]))]
        .filter(([path]) => path.endsWith("/source.yaml"))
        .map(([, text]) => documentsOf(text)[0] as { metadata: { name: string }; spec: { ref: object } });
    const lock = aLock();
    const locked = sources(aRelease({ lock }));
    expect(locked).to.have.length.above(5);
    for (const { metadata, spec } of locked) {
      const { version: tag, digest } = lock.charts?.[metadata.name] as LockedChart;
      expect(spec.ref, metadata.name).to.deep.equal({ digest, tag });
    }
    for (const release of [aRelease(), { ...aRelease(), lock: { ...lock, charts: undefined } }]) {
      for (const { spec } of sources(release)) expect(spec.ref).to.have.keys("tag");
    }
  });

  it("refuses a lock that lacks a chart, or has another version of it", () => {
    const { charts = {}, ...lock } = aLock();
    const { loki, ...others } = charts;
    const moved = { ...others, loki: { ...(loki as LockedChart), version: "18.6.0" } };
    for (const wrong of [others, moved]) {
      const release = { ...aRelease(), lock: { ...lock, charts: wrong } };
      expect(() => renderRelease(release, [aSite()])).to.throw("no digest for the chart loki 18.11.0");
    }
  });

  it("changes one site's files alone when one site changes", () => {
    const [one, two] = [aSite({ name: "porto" }, 0), aSite({ name: "lagos" }, 1)];
    const before = new Map(filesOf(renderRelease(aRelease(), [one, two])));
    const after = new Map(filesOf(renderRelease(aRelease(), [one, { ...two, region: "baltic" }])));
    const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
    expect(changed).not.to.be.empty;
    for (const path of changed) expect(path).to.match(/\/lagos\//);
    expect([...after.keys()]).to.deep.equal([...before.keys()]);
  });

  it("needs no component that none of its sites uses", () => {
    const { strimzi: _strimzi, ...components } = aRelease().components;
    const release = { ...aRelease(), components };
    expect([...renderRelease(release, [aSite()]).services.keys()]).not.to.include("strimzi-kafka-operator");
    expect(() => renderRelease(release, [aSite({ profile: "mini" })])).to.throw("strimzi");
  });

  it("refuses two sites of one name, and a name that is no folder", () => {
    expect(() => renderRelease(aRelease(), [aSite(), aSite()])).to.throw("Two sites have the name porto");
    expect(() => renderRelease(aRelease(), [aSite({ name: "../porto" })])).to.throw(UnsafeName);
  });
});
