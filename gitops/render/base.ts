import { componentOf } from "../../catalog";
import { yamlText } from "../../components/file/yamlText";
import type { Release } from "../../fleet/model";
import { type Profile, type WorkloadName, workloadsOf } from "../../profiles";
import type { Files } from "../files";
import { profileFolder, serviceFolder } from "./layout";
import { chartSource, helmRelease, kustomization, namespaceObject, valuesGenerator } from "./objects";
import type { PlatformService, Values } from "./service";

/** What is the same for all sites of a release: the chart, its release and the base values. */
export function renderService(service: PlatformService, release: Release): Files {
  const folder = serviceFolder(service.name);
  const values = `helm-values/values-${componentOf(release, service.component).version}.yaml`;
  return new Map([
    [
      `${folder}/kustomization.yaml`,
      yamlText(
        kustomization({
          resources: ["namespace.yaml", "source.yaml", "helmrelease.yaml"],
          configMapGenerator: [valuesGenerator(service.name, "base", values)],
        }),
      ),
    ],
    [`${folder}/namespace.yaml`, yamlText(namespaceObject(service))],
    [`${folder}/source.yaml`, yamlText(chartSource(service, release))],
    [`${folder}/helmrelease.yaml`, yamlText(helmRelease(service))],
    [`${folder}/${values}`, yamlText(service.baseValues(release))],
  ]);
}

/** What is the same for all sites of a profile: sizes and retention. */
export function renderProfile(service: PlatformService, profile: Profile): Files {
  const folder = profileFolder(profile.name, service.name);
  return new Map([
    [
      `${folder}/kustomization.yaml`,
      yamlText(kustomization({ configMapGenerator: [valuesGenerator(service.name, "profile", "values.yaml")] })),
    ],
    [`${folder}/values.yaml`, yamlText(profileValues(service, profile))],
  ]);
}

function profileValues(service: PlatformService, profile: Profile): Values {
  // Strimzi's sizes are there for every profile; whether it runs is the site's own choice.
  const parts = workloadsOf(profile, "strimzi");
  return service.profileValues((name: WorkloadName) => parts[name], profile);
}
