import type { ResourceFields, ResourceState } from "../state/resource";

/**
 * The state after a refresh: what is gone is named no more, and children of what is gone belong to its parent.
 *
 * A URN can be named as soon as one resource of it has come, for several may share it. As in the official engine, which
 * also drops the properties that depend on nothing; see `rebuildBaseState` of `deployment_executor.go`.
 *
 * @param olds the state before, dependencies first.
 * @param found for each of them what it is now; `undefined` if it is gone.
 */
export function rebuilt(
  olds: readonly ResourceState[],
  found: readonly (ResourceState | undefined)[],
): readonly ResourceState[] {
  const there = new Set(found.flatMap((resource) => (resource === undefined ? [] : [resource.urn])));
  const parents = new Map(olds.map(({ urn, fields }) => [urn, fields.parent]));
  const named = new Set<string>();
  return found.flatMap((resource) => {
    if (resource === undefined) {
      return [];
    }
    const change = changeOf(resource.fields, named, (parent) => nearest(parent, there, parents));
    named.add(resource.urn);
    return [Object.keys(change).length === 0 ? resource : resource.copy(change)];
  });
}

function nearest(urn: string, there: ReadonlySet<string>, parents: ReadonlyMap<string, string>): string {
  let parent = urn;
  while (parent !== "" && !there.has(parent)) {
    parent = parents.get(parent) ?? "";
  }
  return parent;
}

function changeOf(
  fields: ResourceFields,
  named: ReadonlySet<string>,
  parentOf: (urn: string) => string,
): Partial<ResourceFields> {
  const stays = (urn: string) => named.has(urn);
  const { parent, deletedWith, dependencies, replaceWith, propertyDependencies } = fields;
  const kept = Object.entries(propertyDependencies).map(([key, urns]) => [key, urns.filter(stays)] as const);
  const sameParent = parentOf(parent) === parent;
  return {
    ...(sameParent ? {} : { parent: parentOf(parent) }),
    ...(deletedWith === "" || stays(deletedWith) ? {} : { deletedWith: "" }),
    ...(dependencies.every(stays) ? {} : { dependencies: dependencies.filter(stays) }),
    ...(replaceWith.every(stays) ? {} : { replaceWith: replaceWith.filter(stays) }),
    ...(kept.every(([key, urns]) => urns.length > 0 && urns.length === propertyDependencies[key]?.length)
      ? {}
      : { propertyDependencies: Object.fromEntries(kept.filter(([, urns]) => urns.length > 0)) }),
  };
}
