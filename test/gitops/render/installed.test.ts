import { expect } from "chai";
import { catalog, kubesprayTags } from "../../../catalog";
import { platformServices } from "../../../gitops/render/services";
import { isManifests } from "../../../gitops/render/service";

/** What is made of images and not of a chart: Flux, Gitea, the ingestion, and the issuer for people. */
const byStacks = ["flux", "gitea", "rabbitmq", "vector", "strimzi", "mqtt-bridge", "dex"];

describe("what the catalog has", () => {
  const byKubespray = kubesprayTags.flatMap(({ pins, pinsByMinor }) =>
    [pins, ...Object.values(pinsByMinor)].flatMap((some) => Object.keys(some)),
  );
  const byFlux = platformServices.flatMap((service) => (isManifests(service) ? [] : [service.component]));
  const installed = new Set(["kubernetes", "kubespray", ...byKubespray, ...byStacks, ...byFlux]);

  for (const { name, version, unused } of catalog) {
    it(`is installed by something, or says why not: ${name} ${version}`, () => {
      expect(installed.has(name)).to.equal(unused === undefined);
    });
  }
});
