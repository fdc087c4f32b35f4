import { messageOf } from "../errors";
import { equalMaps } from "../property/equal";
import { ResourceState } from "../state/resource";
import type { Goal } from "../steps/goal";
import { makeStep } from "../steps/step";
import { makeUrn } from "../urn";
import { finishOutputs } from "./outputs";
import { UnconfiguredProvider } from "./providers";
import type { Run } from "./run";
import { Stopped } from "./run";

/**
 * Reads a resource that this stack does not manage, as `Resource.get` asks.
 *
 * @throws Stopped if it is not there or cannot be read; what went wrong has then been reported.
 */
export async function readResource(run: Run, goal: Goal, id: string | undefined): Promise<ResourceState> {
  run.goOn();
  const { stack, project, preview, observer } = run.options;
  const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
  if (run.operated.has(urn)) {
    run.fail(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    throw new Stopped();
  }
  run.operated.add(urn);
  const old = run.olds.get(urn);
  const made = new ResourceState({
    urn,
    custom: true,
    external: true,
    id: id ?? "",
    type: goal.type,
    inputs: goal.properties,
    parent: goal.parent,
    dependencies: goal.dependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
  });
  run.news.set(urn, made);
  const replaces = old !== undefined && !old.fields.external;
  const step = makeStep(replaces ? "read-replacement" : "read", { old, made });
  observer.stepStarted(step);
  try {
    await run.slots.run(async () => {
      run.goOn();
      await run.journal.begin(made, "reading");
      await load(run, made, id, preview);
      finishOutputs(made);
      if (replaces) {
        old.update({ delete: true });
      }
      await run.journal.end(made, replaces || old === undefined ? { made } : { old, made });
    });
  } catch (error) {
    if (!(error instanceof Stopped)) {
      run.fail(urn, messageOf(error));
      await run.journal.end(made, {});
      observer.stepFailed(step);
    }
    throw new Stopped();
  }
  if (step.op === "read" && old !== undefined && !equalMaps(old.fields.outputs, made.fields.outputs)) {
    // What a program only reads is no change unless it is found changed.
    run.count("read");
  }
  observer.stepEnded(step);
  return made;
}

async function load(run: Run, made: ResourceState, id: string | undefined, preview: boolean): Promise<void> {
  if (id === undefined) {
    // A preview reads nothing by an id that is not known yet.
    return;
  }
  const { type, inputs, provider } = made.fields;
  try {
    const instance = await run.instances.get(provider);
    const name = made.urn.slice(made.urn.lastIndexOf("::") + 2);
    const request = { urn: made.urn, type, name, id, inputs, outputs: {} };
    const response = await instance.read(request, run.context(made.urn));
    if (response.id === "") {
      throw new Error(`resource '${id}' does not exist`);
    }
    made.update({ id: response.id, outputs: response.outputs });
  } catch (error) {
    if (!(preview && error instanceof UnconfiguredProvider)) {
      throw error;
    }
  }
}
