import { EngineError } from "../errors";
import type { ResourceState } from "../state/resource";
import { needsOf } from "../steps/graph";
import type { Step } from "../steps/step";
import { makeStep } from "../steps/step";
import { parseReference } from "../urn";
import { execute } from "./execute";
import type { Run } from "./run";

/** Carries a resource that the run may not touch over as it is, and before it what it needs and nobody registers. */
export async function keep(run: Run, old: ResourceState): Promise<Step> {
  await keepNeeds(run, old);
  const { provider } = old.fields;
  if (provider !== "" && !run.instances.has(provider)) {
    const { urn } = parseReference(provider);
    if (run.news.has(urn)) {
      throw new EngineError(
        `provider ${provider} for resource ${old.urn} has not been registered yet, this is due to a change of ` +
          "providers mixed with --target. Change your program back to the original providers",
      );
    }
  }
  const step = makeStep("same", { old, made: old.copy() });
  await execute(run, step, "kept");
  return step;
}

/** Puts what a resource needs, and the program no longer registers, before it in the state. */
export async function keepNeeds(run: Run, state: ResourceState): Promise<void> {
  if (run.options.selection.isEverything) {
    return;
  }
  for (const urn of needsOf(state)) {
    const needed = run.olds.get(urn);
    if (needed === undefined || run.operated.has(urn) || run.renamed.has(urn) || run.kept.has(urn)) {
      continue;
    }
    run.kept.add(urn);
    await keep(run, needed);
  }
}

/**
 * Answers for a resource that is new and not among the targets: the program goes on with what it asked for, and the
 * state knows nothing of it.
 */
export function skipCreate(run: Run, made: ResourceState): Step {
  run.skippedCreates.add(made.urn);
  return makeStep("same", { made });
}

/** @throws if a resource that is to be made or changed depends on one that is not, by `--target`. */
export function requireNeeds(run: Run, made: ResourceState): void {
  const missing = [...needsOf(made)].find((urn) => run.skippedCreates.has(urn));
  if (missing !== undefined) {
    throw new EngineError(
      `Resource '${made.urn}' depends on '${missing}' which was not specified in --target list. ` +
        "Add it to the targets, or leave the resource out too",
    );
  }
}

/** @throws if a target or an exclusion names a resource that is neither in the state nor in the program. */
export function requireTargets(run: Run): void {
  const { targets, excludes } = run.options.selection;
  requireThere([...targets.literals, ...excludes.literals], (urn) => run.olds.has(urn) || run.operated.has(urn));
}

/** @throws if what is to be replaced is not in the state. */
export function requireReplaced(run: Run): void {
  requireThere([...run.options.replace.literals], (urn) => run.olds.has(urn));
}

function requireThere(urns: readonly string[], isThere: (urn: string) => boolean): void {
  const missing = urns.filter((urn) => !isThere(urn));
  if (missing.length > 0) {
    const hint = (urn: string) => (urn.includes("$") ? "" : " Did you forget to escape $ in your shell?");
    throw new EngineError(
      missing.map((urn) => `Target '${urn}' could not be found in the stack.${hint(urn)}`).join("\n"),
    );
  }
}

/** @throws if a target or an exclusion of a run without a program names a resource that is not in the state. */
export function requireTargetsInState(run: Run): void {
  const { targets, excludes } = run.options.selection;
  const missing = [...targets.literals, ...excludes.literals].filter((urn) => !run.olds.has(urn));
  if (missing.length > 0) {
    throw new EngineError(missing.map((urn) => `no resource named '${urn}' found`).join("\n"));
  }
}
