import type { ResourceState } from "../state/resource";
import { deletionOrder, neededBy } from "../steps/graph";
import type { Step } from "../steps/step";
import { makeStep } from "../steps/step";
import { ensureProvider } from "./ensure";
import { execute } from "./execute";
import type { Run } from "./run";
import { Stopped } from "./run";

/** The steps that take away what the program no longer wants, and what replacements have left behind. */
export function planDeletes(run: Run): Step[] {
  const steps: Step[] = [];
  const { may, unasked } = deletable(run);
  for (const old of run.options.base.resources) {
    if (!may(old)) {
      continue;
    }
    if (run.deletedStates.has(old) && !old.fields.pendingReplacement) {
      continue;
    }
    const { external, delete: replaced, pendingReplacement } = old.fields;
    if (replaced) {
      steps.push(makeStep(external ? "discard-replaced" : "delete-replaced", { old }));
    } else if (!run.operated.has(old.urn) && !run.renamed.has(old.urn)) {
      const op = pendingReplacement ? "remove-pending-replace" : external ? "discard" : "delete";
      steps.push(makeStep(op, { old }));
    }
  }
  run.planned(...steps);
  const urns = new Set(steps.map(({ urn }) => urn));
  const errors = unasked.filter((urn) => urns.has(urn));
  for (const urn of errors) {
    run.fail(
      urn,
      `Resource '${urn}' will be destroyed but was not specified in --target list.\n` +
        "Either include resource in --target list or pass --target-dependents to proceed.",
    );
  }
  if (errors.length > 0) {
    throw new Stopped();
  }
  return steps;
}

/** What `--target` and `--exclude` let a run delete. A failure keeps what the failed resource's state needs. */
function deletable(run: Run): { may: (old: ResourceState) => boolean; unasked: readonly string[] } {
  const { selection, base } = run.options;
  // In the state they may still have their former names.
  const names = [...run.lost].flatMap((urn) => [urn, run.formerUrns.get(urn) ?? urn]);
  const lost = names.length === 0 ? new Set<string>() : neededBy(base.resources, new Set(names));
  if (selection.isEverything) {
    return { may: ({ urn }) => !lost.has(urn), unasked: [] };
  }
  const { may, unasked } = selection.deletable(base.resources);
  return { may: ({ urn }) => may.has(urn) && !lost.has(urn), unasked };
}

/**
 * Does the steps, each as soon as everything that depends on its resource is gone.
 *
 * @throws Stopped if one failed; those that had begun have then ended.
 */
export async function executeDeletes(run: Run, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    run.deletedUrns.add(step.urn);
    if (!run.options.preview) {
      await ensureProvider(run, step.provider);
    }
  }
  const stepOf = new Map(steps.map((step) => [step.old as ResourceState, step]));
  const before = deletionOrder([...stepOf.keys()]);
  const running = new Map<ResourceState, Promise<void>>();
  const start = (state: ResourceState): Promise<void> => {
    let promise = running.get(state);
    if (promise === undefined) {
      promise = Promise.all((before.get(state) ?? []).map(start)).then(() =>
        run.slots.run(async () => {
          run.goOn();
          await execute(run, stepOf.get(state) as Step);
        }),
      );
      running.set(state, promise);
    }
    return promise;
  };
  const results = await Promise.allSettled([...stepOf.keys()].reverse().map(start));
  if (results.some((result) => result.status === "rejected")) {
    throw new Stopped();
  }
}
