import { yamlText } from "../../components/file/yamlText";
import type { Release, ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles";
import type { Files } from "../files";
import { overlayFolder, profileFolder, relativeFolder, serviceFolder } from "./layout";
import { deploySource, fluxNamespace, kustomization, siteVariables, valuesGenerator } from "./objects";
import type { PlatformService } from "./service";

/** What is about one site: its variables, the order of its services, and the values that only it has. */
export function renderOverlay(
  site: ResolvedSite,
  release: Release,
  profile: Profile,
  services: readonly PlatformService[],
): Files {
  const folder = overlayFolder(site.name);
  const files = new Map<string, string>();
  const resources = ["site.yaml", ...services.map(({ name }) => `services/${name}.yaml`)];
  files.set(`${folder}/kustomization.yaml`, yamlText(kustomization({ resources })));
  files.set(`${folder}/site.yaml`, yamlText(variables(site, release, profile)));
  const running = new Set(services.map(({ name }) => name));
  for (const service of services) {
    files.set(`${folder}/services/${service.name}.yaml`, yamlText(fluxKustomization(site, service, profile, running)));
    for (const [path, text] of renderValues(site, service, profile)) files.set(path, text);
  }
  return files;
}

/** What the base leaves open; each `${name}` in it is a key here. */
function variables(site: ResolvedSite, release: Release, profile: Profile): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: siteVariables, namespace: fluxNamespace },
    data: {
      site: site.name,
      region: site.region,
      domain: site.domain,
      profile: profile.name,
      architecture: site.architecture,
      release: release.name,
      bastion_registry: `${site.bastion.host}:${site.bastion.registryPort}`,
      source_interval: profile.flux.sourceInterval,
      interval: profile.flux.kustomizationInterval,
    },
  };
}

function fluxKustomization(
  site: ResolvedSite,
  service: PlatformService,
  profile: Profile,
  running: ReadonlySet<string>,
): object {
  const after = service.after.filter((name) => running.has(name));
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: service.name, namespace: fluxNamespace },
    spec: {
      interval: profile.flux.kustomizationInterval,
      retryInterval: "2m",
      // Above the Helm release's own 15m, so that its verdict is seen.
      timeout: "20m",
      path: `./${valuesFolder(site.name, service.name)}`,
      prune: true,
      sourceRef: { kind: "GitRepository", name: deploySource },
      ...(after.length > 0 && { dependsOn: after.map((name) => ({ name })) }),
      postBuild: { substituteFrom: [{ kind: "ConfigMap", name: siteVariables }] },
      healthChecks: [
        { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", name: service.name, namespace: fluxNamespace },
      ],
    },
  };
}

function renderValues(site: ResolvedSite, service: PlatformService, profile: Profile): Files {
  const folder = valuesFolder(site.name, service.name);
  const resources = [serviceFolder(service.name), profileFolder(profile.name, service.name)].map((target) =>
    relativeFolder(folder, target),
  );
  const values = service.siteValues(site, profile);
  if (Object.keys(values).length === 0) {
    return new Map([[`${folder}/kustomization.yaml`, yamlText(kustomization({ resources }))]]);
  }
  const configMapGenerator = [valuesGenerator(service.name, "site", "values.yaml")];
  return new Map([
    [`${folder}/kustomization.yaml`, yamlText(kustomization({ resources, configMapGenerator }))],
    [`${folder}/values.yaml`, yamlText(values)],
  ]);
}

const valuesFolder = (site: string, service: string): string => `${overlayFolder(site)}/values/${service}`;
