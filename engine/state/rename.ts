import { parseReference } from "../urn";
import type { ResourceFields, ResourceState } from "./resource";

/**
 * The resource with references to renamed ones under their new URNs; the very same object if it has none.
 *
 * @param renamed new URNs by former ones.
 */
export function withNewNames(resource: ResourceState, renamed: ReadonlyMap<string, string>): ResourceState {
  if (renamed.size === 0) {
    return resource;
  }
  const { fields } = resource;
  const now = (urn: string) => renamed.get(urn) ?? urn;
  const change: Partial<ResourceFields> = {
    parent: now(fields.parent),
    deletedWith: now(fields.deletedWith),
    dependencies: fields.dependencies.map(now),
    replaceWith: fields.replaceWith.map(now),
    propertyDependencies: Object.fromEntries(
      Object.entries(fields.propertyDependencies).map(([key, urns]) => [key, urns.map(now)]),
    ),
    provider: renamedProvider(fields.provider, now),
  };
  const same = (Object.keys(change) as (keyof ResourceFields)[]).every(
    (key) => JSON.stringify(change[key]) === JSON.stringify(fields[key]),
  );
  return same ? resource : resource.copy(change);
}

function renamedProvider(reference: string, now: (urn: string) => string): string {
  if (reference === "") {
    return "";
  }
  const { urn, id } = parseReference(reference);
  return `${now(urn)}::${id}`;
}
