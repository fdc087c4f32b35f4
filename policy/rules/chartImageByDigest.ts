import { chartsOf, componentOf, spellingsOf, type ReleaseChart } from "../../catalog";
import type { Release } from "../../fleet/model";
import { at, list, shown, text } from "../objects/json";
import { turnedOff } from "../objects/sizes";
import { helmValues, objectOf, type Resource } from "../resource";
import type { ResourceRule } from "../rule";
import { fromRelease, violation } from "../violation";
import { whileUnlocked } from "./releases";

const limit = "a chart's images are named by the digests that the release's lock has";

export const chartImageByDigest: ResourceRule = {
  name: "chart-image-by-digest",
  area: "images",
  scope: "resource",
  description: "A Helm release names the images of its chart by the digests that the release's lock has.",
  why: "A chart names its images by tag, in templates that no rule sees before they are rendered at the site; a tag can be moved.",
  fix: "Lock the release (edgewave release lock), and take overrides of spec.postRenderers or of image values out.",
  level: "mandatory",
  softens: true,
  check: (resource, { release }) => {
    if (release === undefined) return [];
    return [...inContainers(resource, release), ...forOperators(resource, release)];
  },
};

/** What Flux puts into the objects that the chart makes. */
function inContainers(resource: Resource, release: Release) {
  const object = objectOf(resource, "helm.toolkit.fluxcd.io", "HelmRelease")?.object;
  const chart = chartNamed(release, text(at(object, "spec", "chartRef", "name")));
  if (chart === undefined) return [];
  const path = ["spec", "postRenderers"] as const;
  if (release.lock === undefined) {
    const [value, advisory] = [shown(at(object, ...path)), whileUnlocked(release)];
    return [violation(resource, { field: path, value, limit, from: fromRelease("components"), advisory })];
  }
  const pinned = new Map<unknown, unknown>();
  // Each sees what those before it have made, so that the last of a name wins.
  for (const renderer of list(at(object, ...path))) {
    for (const image of list(at(renderer, "kustomize", "images"))) pinned.set(at(image, "name"), at(image, "digest"));
  }
  return imagesOf(chart, release)
    .filter(({ image }) => chart.operatorImages === undefined || !Object.hasOwn(chart.operatorImages, image))
    .flatMap(({ repository, digest }) => spellingsOf(repository).filter((name) => pinned.get(name) !== digest))
    .map((name) => violation(resource, { field: [...path, name], value: shown(pinned.get(name)), limit }));
}

/** What the chart hands to an operator. */
function forOperators(resource: Resource, release: Release) {
  const helm = helmValues(resource);
  const chart = chartNamed(release, helm?.service);
  // Advice is given of the Helm release itself.
  if (helm === undefined || chart?.operatorImages === undefined || release.lock === undefined) return [];
  const paths = chart.operatorImages;
  return imagesOf(chart, release).flatMap(({ image, digest }) => {
    const path = Object.hasOwn(paths, image) ? paths[image] : undefined;
    if (path === undefined || turnedOff(helm.values, path)) return [];
    const value = at(helm.values, ...path);
    if (`sha256:${String(value)}` === digest) return [];
    return violation(resource, { field: ["values", ...path], value: shown(value), limit });
  });
}

const chartNamed = (release: Release, name: string | undefined): ReleaseChart | undefined =>
  chartsOf(release).find((chart) => chart.name === name);

function imagesOf({ component }: ReleaseChart, release: Release) {
  return Object.entries(componentOf(release, component).images).flatMap(([image, { repository }]) => {
    const digest = release.lock?.digests[repository]?.index;
    // What the lock lacks is a finding of the lock.
    return digest === undefined ? [] : [{ image, repository, digest }];
  });
}
