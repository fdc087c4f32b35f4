import { EngineError, messageOf } from "../errors";
import type { Json } from "../property/checkpoint";
import type { PropertyMap } from "../property/value";
import { PartialFailure } from "../providers/provider";
import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { nameOf } from "../urn";
import type { Run } from "./run";

/** When a hook runs, in the names of the state. */
export type HookTime =
  "BeforeCreate" | "AfterCreate" | "BeforeUpdate" | "AfterUpdate" | "BeforeDelete" | "AfterDelete" | "OnError";

/** The names of a resource's hooks, by when they run. */
export type HookNames = Readonly<Partial<Record<HookTime, readonly string[]>>>;

/** What a hook is told. */
export interface HookCall {
  readonly urn: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly newInputs: PropertyMap | undefined;
  readonly oldInputs: PropertyMap | undefined;
  readonly newOutputs: PropertyMap | undefined;
  readonly oldOutputs: PropertyMap | undefined;
}

interface StepHook {
  readonly kind: "step";
  readonly onDryRun: boolean;
  readonly ignoreErrors: boolean;
  /** Resolves with what went wrong, or an empty text. */
  readonly run: (call: HookCall) => Promise<string>;
}

interface ErrorHook {
  readonly kind: "error";
  /** Resolves with whether to try again; `errors` are those so far, newest first. */
  readonly run: (call: HookCall, operation: string, errors: readonly string[]) => Promise<boolean>;
}

// What a program needs to open the server of its callbacks, many times over.
const ARRIVAL_MS = 2000;

/** The hooks that a program has registered. */
export class Hooks {
  private readonly hooks = new Map<string, StepHook | ErrorHook>();
  private readonly awaited = new Map<string, Set<() => void>>();
  private expected = false;

  /** A program runs, whose hooks may come. */
  expect(): void {
    this.expected = true;
  }

  /**
   * Waits for a hook that is on its way. The SDK opens a server before it registers the first one, and a program that
   * makes nothing of what waits for its hooks has ended by then: resources that it no longer wants are deleted already.
   */
  async arrival(name: string): Promise<void> {
    if (!this.expected || this.hooks.has(name)) {
      return;
    }
    let arrived: () => void = () => undefined;
    const waiters = this.awaited.get(name) ?? new Set();
    this.awaited.set(name, waiters);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ARRIVAL_MS);
      arrived = () => {
        clearTimeout(timer);
        resolve();
      };
      waiters.add(arrived);
    });
    waiters.delete(arrived);
  }

  add(name: string, hook: StepHook | ErrorHook): void {
    if (name === "" || this.hooks.has(name)) {
      throw new EngineError(
        name === "" ? "resource hook name cannot be empty" : `resource hook already registered for name "${name}"`,
      );
    }
    this.hooks.set(name, hook);
    this.awaited.get(name)?.forEach((arrived) => arrived());
  }

  get<K extends "step" | "error">(name: string, kind: K): K extends "step" ? StepHook : ErrorHook {
    const hook = this.hooks.get(name);
    if (hook?.kind !== kind) {
      throw new EngineError(
        `${kind === "step" ? "resource" : "error"} hook not registered for ${name}: the program must register it ` +
          "before a resource that names it is made, changed or deleted",
      );
    }
    return hook as K extends "step" ? StepHook : ErrorHook;
  }
}

/** The hooks that a resource's state names. */
export function hooksOf(state: ResourceState | undefined): HookNames {
  return (state?.fields.rest["resourceHooks"] ?? {}) as HookNames;
}

/** How hooks stand in a state; `undefined` if there are none. */
export function hooksJson(hooks: HookNames): Json | undefined {
  const named = Object.entries(hooks).filter(([, names]) => names.length > 0);
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

type Verb = "Create" | "Update" | "Delete";

/** Does the work of a step between its hooks, and again as long as its error hooks ask for it. */
export async function hooked(run: Run, step: Step, verb: Verb, work: () => Promise<void>): Promise<void> {
  const state = (verb === "Delete" ? step.old : step.made) as ResourceState;
  const names = hooksOf(state);
  await runHooks(run, step, names[`Before${verb}`] ?? []);
  const errors: string[] = [];
  for (;;) {
    try {
      await work();
      break;
    } catch (error) {
      errors.unshift(messageOf(error));
      if (error instanceof PartialFailure || !(await again(run, step, names.OnError ?? [], verb, errors))) {
        throw error;
      }
    }
  }
  // A component is finished when its outputs are registered.
  if (verb === "Delete" || state.fields.custom) {
    await runHooks(run, step, names[`After${verb}`] ?? [], true);
  }
}

/** Runs the hooks of a finished component. */
export async function afterComponent(run: Run, step: Step): Promise<void> {
  const verb = step.op === "update" ? "Update" : step.op.startsWith("create") ? "Create" : undefined;
  if (verb !== undefined) {
    await runHooks(run, step, hooksOf(step.made)[`After${verb}`] ?? [], true);
  }
}

async function runHooks(run: Run, step: Step, names: readonly string[], after = false): Promise<void> {
  for (const name of names) {
    await run.hooks.arrival(name);
    const hook = run.hooks.get(name, "step");
    if (run.options.preview && !hook.onDryRun) {
      continue;
    }
    const error = await hook.run(callOf(step, after)).catch((thrown: unknown) => messageOf(thrown));
    if (error !== "" && hook.ignoreErrors) {
      run.report({ urn: step.urn, severity: "warning", message: `resource hook "${name}" failed: ${error}` });
    } else if (error !== "") {
      throw new EngineError(`resource hook "${name}" failed: ${error}`);
    }
  }
}

async function again(
  run: Run,
  step: Step,
  names: readonly string[],
  verb: Verb,
  errors: readonly string[],
): Promise<boolean> {
  if (run.options.preview || run.options.signal.aborted) {
    return false;
  }
  let retry = false;
  for (const name of names) {
    await run.hooks.arrival(name);
    retry = (await run.hooks.get(name, "error").run(callOf(step, false), verb.toLowerCase(), errors)) || retry;
  }
  return retry;
}

function callOf(step: Step, after: boolean): HookCall {
  const { old, made } = step;
  return {
    urn: step.urn,
    id: made?.fields.id || old?.fields.id || "",
    name: nameOf(step.urn),
    type: step.type,
    newInputs: made?.fields.inputs,
    oldInputs: old?.fields.inputs,
    newOutputs: after ? made?.fields.outputs : undefined,
    oldOutputs: old?.fields.outputs,
  };
}
