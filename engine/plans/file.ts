import { open, readFile } from "node:fs/promises";

import { EngineError } from "../errors";
import type { Json, SecretCodec } from "../property/checkpoint";
import { mapFromCheckpoint, mapToCheckpoint } from "../property/checkpoint";
import type { Alias } from "../steps/goal";
import type { Op } from "../steps/step";
import type { GoalPlan, Plan, PlanDiff, ResourcePlan } from "./plan";

type JsonMap = { readonly [key: string]: Json };

/** Writes a plan to a file that is the user's alone, in the official CLI's form, secrets encrypted by `codec`. */
export async function writePlan(path: string, plan: Plan, codec: SecretCodec): Promise<void> {
  const text = `${JSON.stringify(planToJson(plan, codec), null, 4)}\n`;
  try {
    const file = await open(path, "w", 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new EngineError(`cannot write the plan to ${path}: ${String(cause)}`, { cause });
  }
}

/** Reads a plan of either engine. @throws if the file is not there or is no plan. */
export async function readPlan(path: string, codec: SecretCodec): Promise<Plan> {
  let json: { readonly config?: JsonMap; readonly resourcePlans?: JsonMap; readonly manifest?: JsonMap };
  try {
    json = JSON.parse(await readFile(path, "utf8")) as typeof json;
  } catch (cause) {
    throw new EngineError(`cannot read the plan in ${path}: ${String(cause)}`, { cause });
  }
  if (typeof json !== "object" || json === null || json.manifest === undefined) {
    throw new EngineError(`${path} is no update plan: write one with 'pulumi preview --save-plan ${path}'`);
  }
  const resources = Object.entries(json.resourcePlans ?? {}).map(
    ([urn, plan]) => [urn, resourcePlanFromJson(plan as JsonMap, codec)] as const,
  );
  return { config: json.config ?? {}, resources: new Map(resources) };
}

/** `DeploymentPlanV1` of `sdk/go/common/apitype/plan.go`. */
export function planToJson({ config, resources }: Plan, codec: SecretCodec): Json {
  const plans = [...resources.keys()]
    .sort()
    .map((urn) => [urn, resourcePlanToJson(resources.get(urn) as ResourcePlan, codec)] as const);
  return {
    manifest: { time: new Date().toISOString(), magic: "", version: "" },
    ...(Object.keys(config).length > 0 ? { config } : {}),
    ...(plans.length > 0 ? { resourcePlans: Object.fromEntries(plans) } : {}),
  };
}

function resourcePlanToJson({ goal, steps, outputs, seed }: ResourcePlan, codec: SecretCodec): Json {
  return {
    ...(goal === undefined ? {} : { goal: goalToJson(goal, codec) }),
    ...(steps.length > 0 ? { steps } : {}),
    state: outputs === undefined ? null : mapToCheckpoint(outputs, codec),
    ...(seed === undefined ? {} : { seed: Buffer.from(seed).toString("base64") }),
  };
}

function goalToJson(goal: GoalPlan, codec: SecretCodec): Json {
  const list = (key: string, values: readonly string[]) => (values.length > 0 ? { [key]: values } : {});
  return {
    type: goal.type,
    name: goal.name,
    custom: goal.custom,
    inputDiff: diffToJson(goal.inputDiff, codec),
    outputDiff: diffToJson(goal.outputDiff, codec),
    ...(goal.parent === "" ? {} : { parent: goal.parent }),
    protect: goal.protect,
    ...list("dependencies", goal.dependencies),
    ...(goal.provider === "" ? {} : { provider: goal.provider }),
    ...(Object.keys(goal.propertyDependencies).length > 0 ? { propertyDependencies: goal.propertyDependencies } : {}),
    ...(goal.deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace: goal.deleteBeforeReplace }),
    ...list("ignoreChanges", goal.ignoreChanges),
    ...list("additionalSecretOutputs", goal.additionalSecretOutputs),
    ...(goal.aliases.length > 0 ? { structuredAliases: goal.aliases.map(aliasToJson) } : {}),
    ...(goal.importId === "" ? {} : { id: goal.importId }),
    customTimeouts: { ...goal.customTimeouts },
  };
}

function diffToJson({ adds, deletes, updates }: PlanDiff, codec: SecretCodec): Json {
  return {
    ...(Object.keys(adds).length > 0 ? { adds: mapToCheckpoint(adds, codec) } : {}),
    ...(deletes.length > 0 ? { deletes } : {}),
    ...(Object.keys(updates).length > 0 ? { updates: mapToCheckpoint(updates, codec) } : {}),
  };
}

function aliasToJson({ urn, name, type, project, stack, parent, noParent }: Alias): Json {
  return { URN: urn, Name: name, Type: type, Project: project, Stack: stack, Parent: parent, NoParent: noParent };
}

function resourcePlanFromJson(json: JsonMap, codec: SecretCodec): ResourcePlan {
  const { goal, steps, state, seed } = json;
  return {
    goal: goal === undefined || goal === null ? undefined : goalFromJson(goal as JsonMap, codec),
    steps: [...((steps ?? []) as readonly Op[])],
    outputs: state === undefined || state === null ? undefined : mapFromCheckpoint(state as JsonMap, codec),
    seed: typeof seed === "string" ? Buffer.from(seed, "base64") : undefined,
  };
}

function goalFromJson(json: JsonMap, codec: SecretCodec): GoalPlan {
  const text = (key: string) => (typeof json[key] === "string" ? json[key] : "");
  const list = (key: string) => (json[key] ?? []) as readonly string[];
  const before = json["deleteBeforeReplace"];
  return {
    type: text("type"),
    name: text("name"),
    custom: json["custom"] === true,
    inputDiff: diffFromJson(json["inputDiff"], codec),
    outputDiff: diffFromJson(json["outputDiff"], codec),
    parent: text("parent"),
    protect: json["protect"] === true,
    dependencies: list("dependencies"),
    provider: text("provider"),
    propertyDependencies: (json["propertyDependencies"] ?? {}) as Record<string, readonly string[]>,
    deleteBeforeReplace: typeof before === "boolean" ? before : undefined,
    ignoreChanges: list("ignoreChanges"),
    additionalSecretOutputs: list("additionalSecretOutputs"),
    aliases: ((json["structuredAliases"] ?? []) as readonly JsonMap[]).map(aliasFromJson),
    importId: text("id"),
    customTimeouts: (json["customTimeouts"] ?? {}) as GoalPlan["customTimeouts"],
  };
}

function diffFromJson(json: Json | undefined, codec: SecretCodec): PlanDiff {
  const { adds, deletes, updates } = (json ?? {}) as { adds?: JsonMap; deletes?: readonly string[]; updates?: JsonMap };
  return {
    adds: mapFromCheckpoint(adds, codec),
    deletes: deletes ?? [],
    updates: mapFromCheckpoint(updates, codec),
  };
}

function aliasFromJson(json: JsonMap): Alias {
  const text = (key: string) => (typeof json[key] === "string" ? json[key] : "");
  return {
    urn: text("URN"),
    name: text("Name"),
    type: text("Type"),
    stack: text("Stack"),
    project: text("Project"),
    parent: text("Parent"),
    noParent: json["NoParent"] === true,
  };
}
