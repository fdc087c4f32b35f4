import type { Json } from "../property/checkpoint";
import type { PropertyMap } from "../property/value";
import type { CustomTimeouts } from "../state/resource";
import type { Alias, Goal } from "../steps/goal";
import type { Op } from "../steps/step";

/**
 * What an update may do, as a preview has found it: for each resource what it should become, and by which steps.
 *
 * Source: `pkg/resource/deploy/plan.go`.
 */
export interface Plan {
  /** The stack's configuration as written, secrets encrypted. */
  readonly config: Readonly<Record<string, Json>>;
  readonly resources: Map<string, ResourcePlan>;
}

export interface ResourcePlan {
  /** `undefined` for a resource that is to go. */
  goal: GoalPlan | undefined;
  /** What is left to do; taken from the front as it is done. */
  steps: Op[];
  outputs: PropertyMap | undefined;
  /** What names are drawn from. */
  seed: Uint8Array | undefined;
}

export interface GoalPlan {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputDiff: PlanDiff;
  outputDiff: PlanDiff;
  readonly parent: string;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  readonly provider: string;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  readonly importId: string;
  readonly customTimeouts: CustomTimeouts;
}

/** Top-level properties that are to come, go and change. An unknown value may become anything, or nothing. */
export interface PlanDiff {
  readonly adds: PropertyMap;
  readonly deletes: readonly string[];
  readonly updates: PropertyMap;
}

export const NO_PLAN_DIFF: PlanDiff = { adds: {}, deletes: [], updates: {} };

export function goalPlan(goal: Goal, inputDiff: PlanDiff): GoalPlan {
  return {
    type: goal.type,
    name: goal.name,
    custom: goal.custom,
    inputDiff,
    outputDiff: NO_PLAN_DIFF,
    parent: goal.parent,
    protect: goal.protect,
    dependencies: goal.dependencies,
    provider: goal.provider,
    propertyDependencies: goal.propertyDependencies,
    deleteBeforeReplace: goal.deleteBeforeReplace,
    ignoreChanges: goal.ignoreChanges,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    aliases: goal.aliases,
    importId: goal.importId,
    customTimeouts: goal.customTimeouts,
  };
}

const SELF: readonly Op[] = ["same"];

/** Whether a step is allowed where another was planned: less is always allowed. */
export function isAllowed(op: Op, planned: Op): boolean {
  switch (planned) {
    case "create":
    case "update":
      return op === planned || SELF.includes(op);
    case "replace":
    case "create-replacement":
    case "delete-replaced":
      return op === planned || op === "same" || op === "update";
    default:
      return op === planned;
  }
}
