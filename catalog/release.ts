import type { Architecture, Release } from "../fleet/model";
import type { CatalogChart, CatalogComponent, CatalogImage } from "./component";
import { kubesprayPins } from "./kubespray";
import { catalogComponent, catalogVersions } from "./versions";

/** What decides the versions of a release; a `Release` is one. */
export type ReleaseVersions = Pick<Release, "name" | "kubernetes" | "kubespray" | "components">;

/**
 * Versions by component name of everything that a release brings: Kubernetes and Kubespray, what that Kubespray tag
 * pins (containerd, etcd, Calico and so on), and what the release's `components` name, which win.
 */
export function releaseVersions(release: ReleaseVersions): Readonly<Record<string, string>> {
  return {
    ...kubesprayPins(release.kubespray, release.kubernetes),
    kubernetes: release.kubernetes,
    kubespray: release.kubespray,
    ...release.components,
  };
}

/**
 * The component at the version that the release has.
 * @throws Error if the release has no such component, or the catalog lacks that version; both are findings of
 * `readFleet` too, so that they do not happen with a checked fleet unless `name` is wrong.
 */
export function componentOf(release: ReleaseVersions, name: string): CatalogComponent {
  const version = releaseVersions(release)[name];
  if (version === undefined) {
    throw new Error(
      `Release ${release.name} has no component "${name}". Add it under spec.components; ` +
        `the catalog has ${catalogVersions(name).join(", ") || "no component of that name"}.`,
    );
  }
  const component = catalogComponent(name, version);
  if (component === undefined) {
    throw new Error(
      `Release ${release.name} wants ${name} ${version}, which the catalog does not have; ` +
        `it has ${catalogVersions(name).join(", ") || "no component of that name"}.`,
    );
  }
  return component;
}

/** @returns the components of a release that the catalog has, in order of name. */
export function componentsOf(release: ReleaseVersions): readonly CatalogComponent[] {
  return Object.entries(releaseVersions(release))
    .map(([name, version]) => catalogComponent(name, version))
    .filter((component) => component !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An image of a release, and whose it is. */
export interface ReleaseImage extends CatalogImage {
  /** Name of the catalog's component. */
  readonly component: string;
}

/** @returns every image of a release once, in order of repository; the components that share one are told by the first. */
export function imagesOf(release: ReleaseVersions): readonly ReleaseImage[] {
  const images = new Map<string, ReleaseImage>();
  for (const { name, images: own } of componentsOf(release)) {
    for (const image of Object.values(own)) {
      if (!images.has(image.repository)) images.set(image.repository, { component: name, ...image });
    }
  }
  return [...images.values()].sort((a, b) => (a.repository < b.repository ? -1 : 1));
}

/**
 * What a manifest names for an image: `repository:tag@sha256:...` with the digest of the image's index if the release is
 * locked, else `repository:tag`. Upstream names are kept; containerd's mirrors send them to the bastion.
 * @throws Error if there is no such component or image, or the lock has no digest for the architecture.
 */
export function imageReference(release: Release, architecture: Architecture, component: string, image: string): string {
  const found = componentOf(release, component);
  const { repository, tag } = imageOf(found, image);
  if (release.lock === undefined) return `${repository}:${tag}`;
  const locked = release.lock.digests[repository];
  if (locked?.tag !== tag || locked[architecture] === undefined) {
    throw new Error(
      `The lock of release ${release.name} has no ${architecture} digest for ${repository}:${tag} ` +
        `(${component} ${found.version}). Lock the release again: edgewave release lock.`,
    );
  }
  return `${repository}:${tag}@${locked.index}`;
}

/** Folder in a registry that the release's charts lie in, whatever repository they came from. */
export const chartFolder = "charts";

/** A chart of a release, and whose it is. */
export interface ReleaseChart extends CatalogChart {
  /** Name of the catalog's component. */
  readonly component: string;
  /** Where registries of the fleet have it, such as `charts/loki`. */
  readonly location: string;
}

/** @returns every chart of a release, in order of name. */
export function chartsOf(release: ReleaseVersions): readonly ReleaseChart[] {
  return componentsOf(release)
    .flatMap(({ name, chart }) =>
      chart === undefined ? [] : [{ component: name, location: `${chartFolder}/${chart.name}`, ...chart }],
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * What Flux pulls a chart by: its tag, and the digest of its manifest if the release is locked, which wins.
 * @throws Error if there is no such component or chart, or the lock has another version of it or none. A lock from before
 * charts were locked gives the tag alone, and a finding.
 */
export function chartReference(
  release: Release,
  component: string,
): { readonly location: string; readonly tag: string; readonly digest?: string } {
  const { chart } = componentOf(release, component);
  if (chart === undefined) throw new Error(`The catalog's component "${component}" has no chart.`);
  const { name, version: tag } = chart;
  const location = `${chartFolder}/${name}`;
  if (release.lock?.charts === undefined) return { location, tag };
  const locked = Object.hasOwn(release.lock.charts, name) ? release.lock.charts[name] : undefined;
  if (locked?.version !== tag) {
    throw new Error(
      `The lock of release ${release.name} has no digest for the chart ${name} ${tag}. ` +
        `Lock the release again: edgewave release lock.`,
    );
  }
  return { location, tag, digest: locked.digest };
}

/** @returns the distinct registry hosts of the release's images, in alphabetical order. */
export function upstreamRegistries(release: ReleaseVersions): readonly string[] {
  const hosts = componentsOf(release).flatMap((component) =>
    Object.values(component.images).map((image) => registryOf(image.repository)),
  );
  return [...new Set(hosts)].sort();
}

/** @returns the host of an image repository, such as `quay.io` for `quay.io/calico/node`. */
export function registryOf(repository: string): string {
  return repository.slice(0, repository.indexOf("/"));
}

/**
 * Names that a chart may give an image repository, the whole one first: some leave out what Docker fills in, and
 * containerd's mirrors are by registry.
 */
export function spellingsOf(repository: string): readonly string[] {
  const short = /^docker\.io\/(?:library\/)?(.+)$/.exec(repository)?.[1];
  return short === undefined ? [repository] : [repository, short];
}

function imageOf(component: CatalogComponent, image: string): CatalogImage {
  const found = Object.hasOwn(component.images, image) ? component.images[image] : undefined;
  if (found === undefined) {
    const known = Object.keys(component.images).join(", ") || "none";
    throw new Error(`${component.name} ${component.version} has no image "${image}"; it has ${known}.`);
  }
  return found;
}
