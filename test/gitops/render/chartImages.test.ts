import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { componentOf, imagesOf } from "../../../catalog";
import type { Release } from "../../../fleet/model";
import { imagePins } from "../../../gitops/render/chartImages";
import { filesOf, renderRelease } from "../../../gitops/render/release";
import { helmMerged } from "../../../policy/objects/helmMerge";
import { aLock, aRelease, aSite } from "../../support/fleet";

interface HelmRelease {
  readonly spec: {
    readonly postRenderers?: readonly {
      readonly kustomize: { readonly images?: readonly object[]; readonly patches?: readonly object[] };
    }[];
  };
}

const files = (release: Release) => new Map(filesOf(renderRelease(release, [aSite()])));
const service = (name: string) => `applications/base/services/${name}`;
const locked = aRelease({ lock: aLock() });
const digestOf = (repository: string) => aLock().digests[repository]?.index;

describe("the images of charts", () => {
  it("are put in by the lock's digests, also those that a chart names without their registry", () => {
    expect(imagePins(locked, "loki")).to.deep.equal([
      { name: "docker.io/grafana/loki", digest: digestOf("docker.io/grafana/loki") },
      { name: "grafana/loki", newName: "docker.io/grafana/loki", digest: digestOf("docker.io/grafana/loki") },
    ]);
  });

  it("stay as the chart has them while the release is not locked", () => {
    expect(imagePins(aRelease(), "loki")).to.deep.equal([]);
    const { spec } = parse(files(aRelease()).get(`${service("loki")}/helmrelease.yaml`) ?? "") as HelmRelease;
    expect(spec).to.not.have.property("postRenderers");
  });

  it("are put in last, so that what is patched in before has its digest too", () => {
    const { spec } = parse(files(locked).get(`${service("versitygw")}/helmrelease.yaml`) ?? "") as HelmRelease;
    expect(spec.postRenderers?.map(({ kustomize }) => Object.keys(kustomize))).to.deep.equal([["patches"], ["images"]]);
  });

  it("are all of the component's, in every Helm release", () => {
    for (const [name, component] of [
      ["cert-manager", "cert-manager"],
      ["kube-prometheus-stack", "kube-prometheus-stack"],
      ["kyverno", "kyverno"],
      ["velero", "velero"],
    ] as const) {
      const { spec } = parse(files(locked).get(`${service(name)}/helmrelease.yaml`) ?? "") as HelmRelease;
      const names = spec.postRenderers?.at(-1)?.kustomize.images?.map((image) => (image as { name: string }).name);
      const repositories = Object.values(componentOf(locked, component).images).map(({ repository }) => repository);
      expect(names, name).to.include.members(repositories);
    }
  });

  it("are in the values where a chart hands them to an operator, beside what was there", () => {
    const path = `${service("kube-prometheus-stack")}/helm-values/values-88.5.3.yaml`;
    const [plain, pinned] = [aRelease(), locked].map((release) => parse(files(release).get(path) ?? "") as object);
    const sha = (repository: string) => digestOf(repository)?.replace("sha256:", "");
    expect(pinned).to.have.nested.property("prometheus.prometheusSpec.image.sha", sha("quay.io/prometheus/prometheus"));
    expect(pinned).to.have.nested.property("prometheus.prometheusSpec.scrapeInterval", "60s");
    expect(pinned).to.have.nested.property("prometheusOperator.thanosImage.sha", sha("quay.io/thanos/thanos"));
    expect(plain).to.not.have.nested.property("prometheus.prometheusSpec.image");
  });

  it("lack nothing that the lock of their release has", () => {
    const known = new Set(imagesOf(locked).map(({ repository }) => repository));
    for (const component of Object.keys(locked.components)) {
      for (const { repository } of Object.values(componentOf(locked, component).images)) {
        expect(known.has(repository), repository).to.equal(true);
      }
    }
  });
});

describe("values that are merged", () => {
  const values = fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom("a", "b"), fc.integer(), { noNullPrototype: true })),
    { noNullPrototype: true },
  );
  it("have all of the second, and of the first what the second does not name", () => {
    fc.assert(
      fc.property(values, values, (below, above) => {
        const merged = helmMerged(below, above);
        expect(Object.keys(merged).sort()).to.deep.equal(
          [...new Set([...Object.keys(below), ...Object.keys(above)])].sort(),
        );
        expect(helmMerged(merged, above)).to.deep.equal(merged);
        for (const [key, value] of Object.entries(above)) {
          if (typeof value === "number") expect(merged[key]).to.equal(value);
          else expect(merged[key]).to.include(value);
        }
      }),
    );
  });
});
