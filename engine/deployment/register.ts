import { randomBytes } from "node:crypto";

import { messageOf } from "../errors";
import { hashAssets } from "../property/asset";
import { ignoreChanges } from "../property/path";
import { mapValues } from "../property/shape";
import type { PropertyMap } from "../property/value";
import { Unknown } from "../property/value";
import type { CheckRequest, CheckResponse, DiffResponse } from "../providers/provider";
import { ResourceState } from "../state/resource";
import { aliasUrns } from "../steps/aliases";
import { applyReplaceOnChanges, componentDiff, inputDiff, mustReplace, NO_DIFF, replaceBecauseOf } from "../steps/diff";
import type { Goal } from "../steps/goal";
import { dependentsOf } from "../steps/graph";
import type { Step } from "../steps/step";
import { makeStep } from "../steps/step";
import { isProviderType, makeUrn, parseReference } from "../urn";
import { execute } from "./execute";
import { ensureProvider } from "./ensure";
import { UnconfiguredProvider } from "./providers";
import type { Run } from "./run";
import { Stopped } from "./run";

/** What a registration came to. */
export interface Registered {
  readonly state: ResourceState;
  readonly step: Step;
  /** Outputs that do not change in an update. */
  readonly stables: readonly string[];
}

/**
 * Brings a resource to its goal: finds what there was, checks the inputs, compares, and does the steps.
 *
 * Source: `pkg/resource/deploy/step_generator.go` of pulumi/pulumi.
 *
 * @throws Stopped if it failed or the run has stopped; what went wrong has then been reported.
 */
export async function register(run: Run, goal: Goal): Promise<Registered> {
  run.goOn();
  const { stack, project } = run.options;
  const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
  if (run.news.has(urn) || run.operated.has(urn)) {
    run.fail(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    throw new Stopped();
  }
  run.operated.add(urn);
  const old = findOld(run, urn, goal);
  try {
    const properties = await hashAssets(goal.properties, run.options.programFolder);
    return await run.slots.run(async () => {
      run.goOn();
      return place(run, urn, { ...goal, properties }, old);
    });
  } catch (error) {
    if (!(error instanceof Stopped)) {
      run.fail(urn, messageOf(error));
    }
    throw new Stopped();
  }
}

function findOld(run: Run, urn: string, goal: Goal): ResourceState | undefined {
  if (run.renamed.has(urn)) {
    run.fail(
      urn,
      `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${run.renamed.get(urn)}'`,
    );
    throw new Stopped();
  }
  const context = { stack: run.options.stack, project: run.options.project, formerUrns: run.formerUrns };
  for (const candidate of [urn, ...aliasUrns(goal, context)]) {
    const old = run.olds.get(candidate);
    if (old === undefined) {
      continue;
    }
    if (candidate !== urn) {
      if (run.operated.has(candidate) || run.renamed.has(candidate)) {
        run.fail(
          urn,
          `Duplicate resource alias '${candidate}' applied to resource with URN '${urn}' conflicting with resource with URN '${run.renamed.get(candidate) ?? candidate}'`,
        );
        throw new Stopped();
      }
      run.renamed.set(candidate, urn);
      run.formerUrns.set(urn, candidate);
    }
    return old;
  }
  return undefined;
}

async function place(run: Run, urn: string, goal: Goal, old: ResourceState | undefined): Promise<Registered> {
  if (goal.importId !== "" && (old === undefined || (old.fields.importID || old.fields.id) !== goal.importId)) {
    throw new Error(
      "the embedded engine does not support the resource option 'import'; import it with the official CLI",
    );
  }
  const seed = randomBytes(32);
  const recreating = run.deletedForReplacement.get(urn) ?? (old && run.deletedForReplacement.get(old.urn));
  const fresh = recreating !== undefined || old === undefined || old.fields.external || run.options.replace.has(urn);
  const kept = old ? keepIgnored(run, urn, goal, old) : goal.properties;
  const inputs = await checked(run, urn, goal, fresh ? {} : old.fields.inputs, fresh ? goal.properties : kept, seed);
  const made = newState(urn, goal, old, inputs);
  run.news.set(urn, made);

  if (recreating !== undefined && old) {
    run.replaced.add(urn);
    run.deletedForReplacement.delete(urn);
    run.deletedForReplacement.delete(old.urn);
    const last = makeStep("create-replacement", { old, made }, { keys: recreating });
    await execute(run, makeStep("replace", { old, made }));
    return finish(run, last);
  }
  if (old?.fields.external) {
    await execute(run, makeStep("create-replacement", { old, made }));
    return finish(run, makeStep("replace", { old, made }));
  }
  if (old === undefined) {
    return finish(run, makeStep("create", { made }));
  }
  const found = await compare(run, goal, old, made);
  const diff = applyReplaceOnChanges(found, goal.replaceOnChanges, old.fields.initErrors.length > 0);
  if (old.fields.pendingReplacement || (diff.changes === "some" && mustReplace(diff))) {
    return replace(run, goal, old, made, diff, seed);
  }
  if (diff.changes === "some" || old.fields.initErrors.length > 0) {
    return finish(run, makeStep("update", { old, made }, diff), diff.stables);
  }
  return finish(run, makeStep("same", { old, made }));
}

async function finish(run: Run, step: Step, stables: readonly string[] = []): Promise<Registered> {
  await execute(run, step);
  return { state: step.made as ResourceState, step, stables };
}

function keepIgnored(run: Run, urn: string, goal: Goal, old: ResourceState): PropertyMap {
  const { inputs, invalid } = ignoreChanges(goal.properties, old.fields.inputs, goal.ignoreChanges);
  if (invalid.length > 0) {
    const paths = invalid.join(", ");
    run.report({
      urn,
      severity: "info",
      message: `cannot ignore changes in added or removed elements of the path: "${paths}"`,
    });
  }
  return inputs;
}

function newState(urn: string, goal: Goal, old: ResourceState | undefined, inputs: PropertyMap): ResourceState {
  return new ResourceState({
    urn,
    custom: goal.custom,
    type: goal.type,
    inputs,
    parent: goal.parent,
    protect: goal.protect,
    dependencies: goal.dependencies,
    provider: goal.provider,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    importID: goal.importId,
    retainOnDelete: goal.retainOnDelete,
    deletedWith: goal.deletedWith,
    replaceWith: goal.replaceWith,
    created: old?.fields.created ?? "",
    modified: old?.fields.modified ?? "",
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  });
}

async function checked(
  run: Run,
  urn: string,
  goal: Goal,
  olds: PropertyMap,
  news: PropertyMap,
  randomSeed: Uint8Array,
): Promise<PropertyMap> {
  if (!goal.custom) {
    return news;
  }
  const request = { urn, type: goal.type, name: goal.name, olds, news, randomSeed };
  const response = await check(run, goal, request);
  for (const { property, reason } of response.failures) {
    run.fail(
      urn,
      property === ""
        ? `${goal.type} resource '${goal.name}' has a problem: ${reason}`
        : `${goal.type} resource '${goal.name}': property ${property} has a problem: ${reason}`,
    );
  }
  if (response.failures.length > 0) {
    throw new Stopped();
  }
  return response.inputs;
}

async function check(run: Run, goal: Goal, request: CheckRequest): Promise<CheckResponse> {
  if (isProviderType(goal.type)) {
    return run.instances.checkConfig(request);
  }
  try {
    const instance = await run.instances.get(goal.provider);
    return await instance.check(request, run.context(request.urn));
  } catch (error) {
    if (run.options.preview && error instanceof UnconfiguredProvider) {
      return { inputs: request.news, failures: [] };
    }
    throw error;
  }
}

async function compare(run: Run, goal: Goal, old: ResourceState, made: ResourceState): Promise<DiffResponse> {
  if (run.options.replace.has(made.urn)) {
    return replaceBecauseOf("id");
  }
  if (goal.replaceWith.some((urn) => run.replaced.has(urn))) {
    return replaceBecauseOf("replaceWith");
  }
  if (goal.deletedWith !== "" && run.replaced.has(goal.deletedWith)) {
    return replaceBecauseOf("deletedWith");
  }
  if (await providerChanged(run, old, made)) {
    return replaceBecauseOf("provider");
  }
  if (!goal.custom) {
    return componentDiff(old.fields.inputs, made.fields.inputs);
  }
  return diffResource(run, old, made.fields.inputs, made.fields.provider, goal.ignoreChanges);
}

async function providerChanged(run: Run, old: ResourceState, made: ResourceState): Promise<boolean> {
  const before = old.fields.provider;
  const after = made.fields.provider;
  if (before === after) {
    return false;
  }
  if (before === "" || after === "") {
    return true;
  }
  const oldProvider = run.olds.get(parseReference(before).urn);
  const newProvider = run.news.get(parseReference(after).urn);
  if (oldProvider === undefined || newProvider === undefined) {
    return true;
  }
  if (run.renamed.get(oldProvider.urn) === newProvider.urn) {
    return false;
  }
  const diff = await run.instances.diffConfig({
    urn: newProvider.urn,
    type: newProvider.fields.type,
    id: oldProvider.fields.id,
    oldInputs: oldProvider.fields.inputs,
    oldOutputs: oldProvider.fields.outputs,
    newInputs: newProvider.fields.inputs,
    ignoreChanges: [],
  });
  return mustReplace(diff);
}

async function diffResource(
  run: Run,
  old: ResourceState,
  newInputs: PropertyMap,
  provider: string,
  ignored: readonly string[],
): Promise<DiffResponse> {
  const { type, id, inputs: oldInputs, outputs: oldOutputs } = old.fields;
  const request = { urn: old.urn, type, id, oldInputs, oldOutputs, newInputs, ignoreChanges: ignored };
  let diff: DiffResponse;
  if (isProviderType(type)) {
    diff = await run.instances.diffConfig(request);
  } else {
    try {
      const instance = await run.instances.get(provider);
      diff = await instance.diff(request, run.context(old.urn));
    } catch (error) {
      if (run.options.preview && error instanceof UnconfiguredProvider) {
        run.report({ urn: old.urn, severity: "warning", message: error.message });
        return { ...NO_DIFF, changes: "some" };
      }
      throw error;
    }
  }
  return diff.changes === "unknown" ? inputDiff(oldInputs, ignoreChanges(newInputs, oldInputs, ignored).inputs) : diff;
}

async function replace(
  run: Run,
  goal: Goal,
  old: ResourceState,
  made: ResourceState,
  diff: DiffResponse,
  seed: Uint8Array,
): Promise<Registered> {
  const { urn } = made;
  if (made.fields.protect && old.fields.protect) {
    throw new Error(
      `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
        "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
    );
  }
  run.replaced.add(urn);
  // Defaults that were carried over from the old resource do not belong to the new one.
  if (goal.custom && !run.options.replace.has(urn)) {
    made.update({ inputs: await checked(run, urn, goal, {}, goal.properties, seed) });
  }
  const change = { keys: diff.replaces, diffs: diff.diffs, detailedDiff: diff.detailedDiff };
  const deleteFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
  if (!deleteFirst) {
    await execute(run, makeStep("create-replacement", { old, made }, change));
    return finish(run, makeStep("replace", { old, made }, change), diff.stables);
  }
  for (const { state, keys } of (await dependentReplacements(run, old)).reverse()) {
    if (run.deletedStates.has(state)) {
      continue;
    }
    if (state.fields.protect) {
      throw new Error(
        `unable to replace resource "${state.urn}" as part of replacing "${urn}" as it is currently marked for protection`,
      );
    }
    await ensureProvider(run, state.fields.provider);
    run.deletedForReplacement.set(state.urn, keys);
    run.deletedUrns.add(state.urn);
    await execute(run, makeStep("delete-replaced", { old: state }));
  }
  if (!old.fields.pendingReplacement) {
    await ensureProvider(run, old.fields.provider);
    run.deletedUrns.add(old.urn);
    await execute(run, makeStep("delete-replaced", { old }));
  }
  await execute(run, makeStep("replace", { old, made }, change));
  return finish(run, makeStep("create-replacement", { old, made }, change), diff.stables);
}

/** Dependents that a change of `root` would replace too, in dependency order, and the properties that make it so. */
async function dependentReplacements(
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
