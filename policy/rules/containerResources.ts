import { workloadsOf, profileOf } from "../../profiles";
import { chartsOf } from "../../catalog";
import { at, isMapping, list, mapping, shown } from "../objects/json";
import { containersOf, podSource } from "../objects/pods";
import { sizedParts, turnedOff } from "../objects/sizes";
import { kubernetesObject, helmValues, type Resource } from "../resource";
import type { Context, ResourceRule } from "../rule";
import { violation } from "../violation";
import { conditionRule } from "./conditions";

const wanted = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "cpu"],
  ["limits", "memory"],
] as const;
const limit = "every container has requests and limits for CPU and memory";

const forPods = conditionRule({
  name: "container-resources",
  area: "size",
  description: "Every container has requests and limits for CPU and memory.",
  why: "A site's few nodes are full by plan. A container without a request is placed where there is no room, and one without a limit takes the memory of those that keep the site alive.",
  fix: "Give the container what the profile's workload has, or add a workload to the profile.",
  level: "mandatory",
  conditions: wanted.map(([kind, what]) => ({
    subject: "containers",
    path: ["resources", kind, what],
    expect: { is: "present" },
    limit,
  })),
});

export const containerResources: ResourceRule = {
  ...forPods,
  check: (resource, context) => [
    ...forPods.check(resource, context),
    ...elsewhere(resource),
    ...unsized(resource, context),
  ],
  remediate: (resource, context) => withProfile(resource, context),
};

/** Strimzi's kinds and Helm values, which have no containers of their own. */
function elsewhere(resource: Resource) {
  if (podSource(resource) !== undefined) return [];
  return sizedParts(resource).flatMap(({ path, resources }) =>
    wanted
      .filter(([kind, what]) => at(resources, kind, what) === undefined || at(resources, kind, what) === null)
      .map((step) => violation(resource, { field: [...path, ...step], value: "missing", limit })),
  );
}

/** What a chart of the release would size by its own defaults, which nobody here has seen. */
function unsized(resource: Resource, { release }: Context) {
  const helm = helmValues(resource);
  const chart = helm && release && chartsOf(release).find(({ name }) => name === helm.service);
  if (helm === undefined || chart === undefined) return [];
  return chart.sizes
    .filter((path) => !turnedOff(helm.values, path) && !isSized(at(helm.values, ...path)))
    .map((path) => violation(resource, { field: ["values", ...path], value: shown(at(helm.values, ...path)), limit }));
}

/** What is only half there is told by what is missing of it. */
const isSized = (block: unknown): boolean => isMapping(block) && ("requests" in block || "limits" in block);

/** Containers named like a workload of the site's profile get its sizes, where they have none. */
function withProfile(resource: Resource, { site }: Context): Readonly<Record<string, unknown>> | undefined {
  const pod = podSource(resource);
  const object = kubernetesObject(resource);
  if (site === undefined || pod === undefined || object === undefined || helmValues(resource) !== undefined)
    return undefined;
  const workloads: Readonly<Record<string, { readonly requests: Size; readonly limits: Size }>> = workloadsOf(
    profileOf(site.profile),
    site.ingestion.buffer,
  );
  let changed = false;
  const copy = structuredClone(object.object) as Record<string, unknown>;
  for (const { path, name, container } of containersOf(pod)) {
    const workload = workloads[name] ?? workloads[object.name];
    if (workload === undefined || isMapping(container["resources"])) continue;
    mutable(copy, path)["resources"] = { requests: sizes(workload.requests), limits: sizes(workload.limits) };
    changed = true;
  }
  return changed ? copy : undefined;
}

interface Size {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

function sizes({ cpuMillis, memoryMiB }: Size) {
  return { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` };
}

function mutable(root: unknown, path: readonly (string | number)[]): Record<string, unknown> {
  const found = path.reduce<unknown>(
    (here, step) => (Array.isArray(here) ? list(here)[Number(step)] : mapping(here)[step]),
    root,
  );
  return found as Record<string, unknown>;
}
