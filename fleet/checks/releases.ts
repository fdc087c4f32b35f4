import type { Release } from "../model";
import { nearest } from "../nearest";
import type { Problem } from "../problem";
import { listOf, quote } from "../quote";
import { compareVersions } from "../versions";
import type { Check, CheckContext } from "./check";

/** Components and versions of each release are in the catalog, and Kubespray can install its Kubernetes. */
export const checkReleases: Check = (context) =>
  context.releases.flatMap((release) => [
    ...kubernetesProblems(release, context),
    ...componentProblems(release, context),
    ...missingProblems(release, context),
  ]);

function kubernetesProblems(release: Release, { knowledge: { catalog } }: CheckContext): Problem[] {
  const { source, kubernetes, kubespray } = release;
  const tag = catalog.kubesprayTag(kubespray);
  const path = ["spec", "kubernetes"];
  if (tag === undefined) {
    const known = catalog.kubesprayTags.map((known) => known.tag);
    return [
      {
        code: "EDGE-REL-003",
        source,
        path: ["spec", "kubespray"],
        message: `Kubespray ${quote(kubespray)} is not in the catalog`,
        hint: `The catalog has ${listOf(known)}.`,
      },
    ];
  }
  const { min, max } = tag.kubernetes;
  if (compareVersions(kubernetes, min) < 0 || compareVersions(kubernetes, max) > 0) {
    return [
      {
        code: "EDGE-REL-004",
        source,
        path,
        message: `Kubespray ${kubespray} installs Kubernetes ${min} to ${max}, and the release wants ${kubernetes}`,
      },
    ];
  }
  return catalog.catalogComponent("kubernetes", kubernetes) === undefined
    ? [unknownVersion(release, "kubernetes", kubernetes, path, catalog.catalogVersions("kubernetes"))]
    : [];
}

function componentProblems(release: Release, { knowledge: { catalog } }: CheckContext): Problem[] {
  const pins = catalog.kubesprayPins(release.kubespray, release.kubernetes);
  return Object.entries(release.components).flatMap(([name, version]): Problem[] => {
    const path = ["spec", "components", name];
    const at = { source: release.source, path };
    if (name === "kubernetes" || name === "kubespray") {
      return [{ code: "EDGE-REL-001", ...at, message: `${name} is not a component here`, hint: `Use spec.${name}.` }];
    }
    const versions = catalog.catalogVersions(name);
    if (versions.length === 0) {
      const meant = nearest(name, catalog.catalogNames);
      const hint =
        meant === undefined ? `The catalog has ${catalog.catalogNames.join(", ")}.` : `Did you mean ${meant}?`;
      return [{ code: "EDGE-REL-001", ...at, message: `the catalog has no component ${quote(name)}`, hint }];
    }
    const pin = Object.hasOwn(pins, name) ? pins[name] : undefined;
    if (pin !== undefined && pin !== version) {
      return [
        {
          code: "EDGE-REL-007",
          ...at,
          message: `Kubespray ${release.kubespray} installs ${name} ${pin}, and the release names ${version}`,
        },
      ];
    }
    const component = catalog.catalogComponent(name, version);
    if (component === undefined) return [unknownVersion(release, name, version, path, versions)];
    if (component.unused === undefined) return [];
    return [{ code: "EDGE-REL-011", ...at, message: `nothing at a site uses ${name}: ${component.unused}` }];
  });
}

const everySite = ["flux", "gitea", "rabbitmq", "vector"];
const strimziSites = ["strimzi", "mqtt-bridge"];
const peopleSites = ["dex"];

/** What the stacks themselves install; services that come by Git are optional. */
function missingProblems(release: Release, { sites }: CheckContext): Problem[] {
  const buffered = sites.filter((site) => site.ingestion.buffer === "strimzi").map((site) => site.name);
  const withPeople = sites.filter((site) => site.identity?.local?.dex !== undefined).map((site) => site.name);
  const missing = (names: readonly string[], why: string) =>
    names
      .filter((name) => !Object.hasOwn(release.components, name))
      .map((name) => ({
        code: "EDGE-REL-005" as const,
        source: release.source,
        path: ["spec", "components"],
        message: `the release has no ${name}, which ${why}`,
      }));
  return [
    ...missing(everySite, "every site needs"),
    ...(buffered.length === 0
      ? []
      : missing(strimziSites, `sites with a strimzi buffer need (${listOf(buffered, 4)})`)),
    ...(withPeople.length === 0
      ? []
      : missing(peopleSites, `sites with an issuer of their own need (${listOf(withPeople, 4)})`)),
  ];
}

function unknownVersion(
  release: Release,
  name: string,
  version: string,
  path: Problem["path"],
  versions: readonly string[],
): Problem {
  return {
    code: "EDGE-REL-002",
    source: release.source,
    path,
    message: `the catalog has no ${name} ${quote(version)}`,
    hint: `The catalog has ${listOf(versions)}.`,
  };
}
