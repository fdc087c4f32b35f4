import { yamlText } from "../../components/file/yamlText";
import type { Release, ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles";
import type { Files } from "../files";
import { addedObjects, ownerOf, type KustomizePatch } from "../overrides/render";
import { addedFolder, overlayFolder, profileFolder, relativeFolder, serviceFolder, valuesFolder } from "./layout";
import type { SealedFile } from "./additions";
import { addedService, fluxNamespace, kustomization, siteVariables, valuesGenerator } from "./objects";
import { fluxKustomization } from "./fluxKustomization";
import { isManifests, type PlatformService, type SiteInputs } from "./service";

/** Everything that decides one site's overlay. */
export interface OverlayInputs extends SiteInputs {
  readonly services: readonly PlatformService[];
  /** By folder of the kustomization.yaml that they stand in, in order. */
  readonly patches: ReadonlyMap<string, readonly KustomizePatch[]>;
  readonly sealed: readonly SealedFile[];
}

/** What is about one site: its variables, the order of its services, and the values that only it has. */
export function renderOverlay(inputs: OverlayInputs): Files {
  const { site, release, profile, services } = inputs;
  const folder = overlayFolder(site.name);
  const files = new Map<string, string>();
  const added = renderAdded(inputs);
  const names = [...services.map(({ name }) => name), ...(added.size > 0 ? [addedService] : [])];
  const resources = ["site.yaml", ...names.map((name) => `services/${name}.yaml`)];
  const put = (path: string, value: object) => files.set(path, yamlText(value));
  put(`${folder}/kustomization.yaml`, kustomization({ resources, ...patchesOf(inputs, folder) }));
  put(`${folder}/site.yaml`, variables(site, release, profile));
  const running = new Set(services.map(({ name }) => name));
  for (const service of services) {
    const after = service.after.filter((name) => running.has(name));
    const path = valuesFolder(site.name, service.name);
    put(
      `${folder}/services/${service.name}.yaml`,
      fluxKustomization({
        name: service.name,
        path,
        profile,
        after,
        helmRelease: !isManifests(service),
        decrypts: sealedOf(inputs, service).length > 0,
      }),
    );
    for (const [file, text] of renderValues(inputs, service)) files.set(file, text);
  }
  if (added.size > 0) {
    // What is added may be of a kind that a service brings.
    const path = addedFolder(site.name);
    const decrypts = inputs.overrides.some(({ objects }) =>
      objects.some(({ object }) => object.kind === "Secret" && ownerOf(object, services) === undefined),
    );
    const after = [...running];
    const object = fluxKustomization({ name: addedService, path, profile, after, helmRelease: false, decrypts });
    put(`${folder}/services/${addedService}.yaml`, object);
    for (const [file, text] of added) files.set(file, text);
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

function renderValues(inputs: OverlayInputs, service: PlatformService): Files {
  const { site, profile, hub } = inputs;
  const folder = valuesFolder(site.name, service.name);
  const sealed = sealedOf(inputs, service);
  const files = new Map(sealed.map(({ file, text }) => [`${folder}/${file}`, text]));
  const secrets = sealed.map(({ file }) => file);
  const patches = patchesOf(inputs, folder);
  const put = (file: string, text: string) => files.set(`${folder}/${file}`, text);
  if (isManifests(service)) {
    const objects = service.objects(inputs).map((object) => yamlText(object));
    put("objects.yaml", objects.join("---\n"));
    return put("kustomization.yaml", yamlText(kustomization({ resources: ["objects.yaml", ...secrets], ...patches })));
  }
  const shared = [serviceFolder(service.name), profileFolder(profile.name, service.name)];
  const resources = [...shared.map((target) => relativeFolder(folder, target)), ...secrets];
  const values = service.siteValues(site, profile, hub);
  if (Object.keys(values).length === 0) {
    return put("kustomization.yaml", yamlText(kustomization({ resources, ...patches })));
  }
  const configMapGenerator = [valuesGenerator(service.name, "site", "values.yaml")];
  put("kustomization.yaml", yamlText(kustomization({ resources, configMapGenerator, ...patches })));
  return put("values.yaml", yamlText(values));
}

/**
 * The encrypted Secrets of a service: edgewave's own, and those that overrides add to its namespace. They have to be
 * there before its pods are.
 */
function sealedOf({ sealed, overrides }: OverlayInputs, service: PlatformService): readonly SealedFile[] {
  const added = [...addedObjects(overrides)].flatMap(([name, objects]) =>
    objects
      .filter((object) => ownerOf(object, [service]) !== undefined)
      .map((object) => ({
        service: service.name,
        file: `${name}-${object.metadata.name}.yaml`,
        text: yamlText(object),
      })),
  );
  return [...sealed.filter((one) => one.service === service.name), ...added];
}

/** The objects that overrides add, a file an override. */
function renderAdded(inputs: OverlayInputs): Files {
  const added = [...addedObjects(inputs.overrides)]
    .map(([name, all]) => [name, all.filter((object) => ownerOf(object, inputs.services) === undefined)] as const)
    .filter(([, objects]) => objects.length > 0);
  if (added.length === 0) return new Map();
  const folder = addedFolder(inputs.site.name);
  const files = new Map(
    added.map(([name, objects]) => [`${name}.yaml`, objects.map((object) => yamlText(object)).join("---\n")]),
  );
  const resources = [...files.keys()];
  return new Map([
    [`${folder}/kustomization.yaml`, yamlText(kustomization({ resources, ...patchesOf(inputs, folder) }))],
    ...[...files].map(([name, text]) => [`${folder}/${name}`, text] as const),
  ]);
}

function patchesOf({ patches }: OverlayInputs, folder: string): { readonly patches?: readonly KustomizePatch[] } {
  const here = patches.get(folder);
  return here === undefined ? {} : { patches: here };
}
