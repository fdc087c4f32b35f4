import { componentOf } from "../../catalog";
import { yamlText } from "../../components/file/yamlText";
import type { Release } from "../../fleet/model";
import { helmMerged } from "../../policy/objects/helmMerge";
import { type Profile, type WorkloadName, workloadsOf } from "../../profiles";
import type { Files } from "../files";
import { operatorImageValues } from "./chartImages";
import { profileFolder, serviceFolder } from "./layout";
import { chartSource, helmRelease, kustomization, namespaceObject, valuesGenerator } from "./objects";
import type { ChartService, Values } from "./service";

/** What is the same for all sites of a release: the chart, its release and the base values. */
export function renderService(service: ChartService, release: Release): Files {
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
    [`${folder}/helmrelease.yaml`, yamlText(helmRelease(service, release))],
    [`${folder}/${values}`, yamlText(baseValues(service, release))],
  ]);
}

function baseValues(service: ChartService, release: Release): Values {
  return helmMerged(service.baseValues(release), operatorImageValues(release, service.component));
}

/** What is the same for all sites of a profile: sizes and retention. */
export function renderProfile(service: ChartService, profile: Profile): Files {
  const folder = profileFolder(profile.name, service.name);
  return new Map([
    [
      `${folder}/kustomization.yaml`,
      yamlText(kustomization({ configMapGenerator: [valuesGenerator(service.name, "profile", "values.yaml")] })),
    ],
    [`${folder}/values.yaml`, yamlText(profileValues(service, profile))],
  ]);
}

function profileValues(service: ChartService, profile: Profile): Values {
  // Sizes are there of all that a site of the profile can ask for.
  const parts = workloadsOf(profile, "strimzi", { grafana: true, dex: true });
  return service.profileValues((name: WorkloadName) => parts[name], profile);
}
