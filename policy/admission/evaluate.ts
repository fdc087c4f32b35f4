import { at, list, mappings, texts, type Step } from "../objects/json";
import { containersOf, podSource } from "../objects/pods";
import { helmValues, kubernetesObject, objectOf, type Resource } from "../resource";
import type { Condition, Expectation, Refused } from "./condition";

/** Everything of a resource that a condition refuses; empty if it says nothing of such a resource. */
export function refusedBy(
  condition: Condition,
  resource: Resource,
  allowed: readonly string[] = [],
): readonly Refused[] {
  if (isAllowed(resource, allowed)) return [];
  return subjectsOf(condition, resource)
    .map(({ root, path }) => ({ path: [...path, ...condition.path], value: at(root, ...condition.path) }))
    .filter(({ value }) => !holds(condition.expect, value));
}

/** Whether a value is as expected. */
export function holds(expect: Expectation, value: unknown): boolean {
  switch (expect.is) {
    case "absent":
      return value === undefined || value === null;
    case "present":
      return value !== undefined && value !== null;
    case "not true":
      return value !== true;
    case "false":
      return value === false;
    case "one of":
      return typeof value === "string" && expect.values.includes(value);
    case "within":
      return list(value).every((item) => typeof item === "string" && expect.values.includes(item));
    case "matching":
      return typeof value === "string" && new RegExp(expect.pattern).test(value);
    case "not matching":
      return typeof value !== "string" || !new RegExp(expect.pattern).test(value);
  }
}

/** Whether the named list has the object: `monitoring/node-exporter`, its pods `node-exporter-...`, or `monitoring/*`. */
export function isAllowed(resource: Resource, allowed: readonly string[]): boolean {
  const object = kubernetesObject(resource);
  const helm = helmValues(resource);
  const namespace =
    object === undefined ? helm?.namespace : object.kind === "Namespace" ? object.name : object.namespace;
  const name = object?.name ?? helm?.service;
  return allowed.some((entry) => {
    const [wantedNamespace, wanted] = entry.split("/", 2);
    if (wantedNamespace !== namespace) return false;
    return wanted === "*" || wanted === name || (wanted !== undefined && name?.startsWith(`${wanted}-`) === true);
  });
}

interface Subject {
  readonly root: unknown;
  readonly path: readonly Step[];
}

function subjectsOf(condition: Condition, resource: Resource): readonly Subject[] {
  if (condition.subject === "namespace") {
    const namespace = objectOf(resource, "", "Namespace");
    return namespace === undefined
      ? []
      : [{ root: { ...namespace.object, labels: texts(namespace.labels) }, path: [] }];
  }
  const pod = podSource(resource);
  if (pod === undefined) return elsewhere(condition, resource);
  if (condition.subject === "pod") return [{ root: pod.spec, path: pod.path }];
  if (condition.subject === "containers") {
    return containersOf(pod).map(({ container, path }) => ({ root: container, path }));
  }
  return list(pod.spec["volumes"]).map((volume, index) => ({ root: volume, path: [...pod.path, "volumes", index] }));
}

/** In what makes pods by itself, such as Strimzi's kinds and Helm values, wherever the same key is written. */
function elsewhere(condition: Condition, resource: Resource): readonly Subject[] {
  const helm = helmValues(resource);
  const object = kubernetesObject(resource);
  const root = helm?.values ?? (object?.group === "kafka.strimzi.io" ? object.object : undefined);
  // Nothing is missing where nobody has to write it.
  const says = ["absent", "not true", "within"].includes(condition.expect.is);
  if (root === undefined || !says) return [];
  const key = condition.path.at(-1) ?? "";
  const parent = condition.path.at(-2);
  const found: Subject[] = [];
  for (const [path, part] of mappings(root)) {
    if (!Object.hasOwn(part, key) || (parent === "capabilities" && path.at(-1) !== parent)) continue;
    const above = condition.path.slice(0, -1).reduceRight<unknown>((inner, step) => ({ [step]: inner }), part);
    const written = path.slice(0, Math.max(0, path.length - condition.path.length + 1));
    found.push({ root: above, path: helm === undefined ? written : ["values", ...written] });
  }
  return found;
}
