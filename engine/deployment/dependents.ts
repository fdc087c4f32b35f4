import { mapValues } from "../property/shape";
import { Unknown } from "../property/value";
import type { ResourceState } from "../state/resource";
import { applyReplaceOnChanges, mustReplace } from "../steps/diff";
import { dependentsOf } from "../steps/graph";
import { parseReference } from "../urn";
import { diffResource } from "./compare";
import { ensureProvider } from "./ensure";
import type { Run } from "./run";

/** Dependents that a change of `root` would replace too, in dependency order, and the properties that make it so. */
export async function dependentReplacements(
  run: Run,
  root: ResourceState,
): Promise<{ readonly state: ResourceState; readonly keys: readonly string[] }[]> {
  const found: { state: ResourceState; keys: readonly string[] }[] = [];
  const condemned = new Set([root.urn]);
  const done = new Set<string>();
  for (const urn of run.operated) {
    done.add(run.formerUrns.get(urn) ?? urn);
  }
  done.delete(root.urn);
  const resources = run.options.base.resources.filter((resource) => !resource.fields.delete);
  for (const state of dependentsOf(root, resources, done)) {
    const keys = await replacedBecause(run, state, condemned);
    if (keys !== undefined) {
      condemned.add(state.urn);
      found.push({ state, keys });
    }
  }
  return found;
}

async function replacedBecause(
  run: Run,
  state: ResourceState,
  condemned: ReadonlySet<string>,
): Promise<readonly string[] | undefined> {
  const { custom, external, provider, deletedWith, inputs, propertyDependencies, replaceOnChanges } = state.fields;
  if (!custom || external) {
    return undefined;
  }
  if ((provider !== "" && condemned.has(parseReference(provider).urn)) || condemned.has(deletedWith)) {
    return [];
  }
  const touched = (key: string) => (propertyDependencies[key] ?? []).some((urn) => condemned.has(urn));
  if (!Object.keys(inputs).some(touched)) {
    return undefined;
  }
  await ensureProvider(run, provider);
  const news = mapValues(inputs, (value, key) => (touched(key) ? Unknown.value : value));
  const diff = await diffResource(run, state, news, provider, state.fields.ignoreChanges);
  const applied = applyReplaceOnChanges(diff, replaceOnChanges, false);
  return mustReplace(applied) ? applied.replaces : undefined;
}
