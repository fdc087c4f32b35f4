import type { ResourceState } from "../state/resource";
import { parseReference } from "../urn";

/** The URNs that a resource needs: its parent, its dependencies, what it is deleted with, and its provider. */
export function needsOf(resource: ResourceState): Set<string> {
  const { parent, dependencies, propertyDependencies, deletedWith, provider, replaceWith } = resource.fields;
  const needs = new Set<string>([...dependencies, ...Object.values(propertyDependencies).flat(), ...replaceWith]);
  for (const urn of [parent, deletedWith, provider === "" ? "" : parseReference(provider).urn]) {
    if (urn !== "") {
      needs.add(urn);
    }
  }
  needs.delete(resource.urn);
  return needs;
}

/**
 * Everything that depends on `root`, directly or not, in the order of `resources` (dependencies first), children of
 * components that depend on it included, since they are made of it.
 *
 * @param skip URNs that are known not to depend on it any more.
 */
export function dependentsOf(
  root: ResourceState,
  resources: readonly ResourceState[],
  skip: ReadonlySet<string>,
): ResourceState[] {
  const reached = new Set([root.urn]);
  const found: ResourceState[] = [];
  const start = resources.indexOf(root);
  for (const resource of resources.slice(start + 1)) {
    if (skip.has(resource.urn)) {
      continue;
    }
    const { dependencies, propertyDependencies, deletedWith, provider } = resource.fields;
    const needs = [...dependencies, ...Object.values(propertyDependencies).flat(), deletedWith];
    if (provider !== "") {
      needs.push(parseReference(provider).urn);
    }
    if (needs.some((urn) => reached.has(urn))) {
      found.push(resource);
      reached.add(resource.urn);
    }
  }
  return found;
}

/**
 * For each resource, those among `resources` that must be deleted before it: a resource needs everything that its URNs
 * name and that stands before it, for several resources may have one URN while a replaced one waits for its deletion.
 *
 * Source: `DependenciesOf` of `pkg/resource/graph/dependency_graph.go`.
 *
 * @param resources in the order of a state, dependencies first.
 */
export function deletionOrder(resources: readonly ResourceState[]): Map<ResourceState, ResourceState[]> {
  const byUrn = new Map<string, ResourceState[]>();
  const before = new Map<ResourceState, ResourceState[]>(resources.map((resource) => [resource, []]));
  for (const dependent of resources) {
    for (const urn of needsOf(dependent)) {
      for (const needed of byUrn.get(urn) ?? []) {
        before.get(needed)?.push(dependent);
      }
    }
    byUrn.set(dependent.urn, [...(byUrn.get(dependent.urn) ?? []), dependent]);
  }
  return before;
}

/** The URNs of `wanted` and of everything that they need, directly or not. */
export function neededBy(resources: readonly ResourceState[], wanted: ReadonlySet<string>): Set<string> {
  const found = new Set(wanted);
  // Dependencies come first in a state, so one pass backwards reaches everything.
  for (const resource of [...resources].reverse()) {
    if (found.has(resource.urn)) {
      needsOf(resource).forEach((urn) => found.add(urn));
    }
  }
  return found;
}
