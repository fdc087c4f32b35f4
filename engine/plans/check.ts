import { UNKNOWN } from "../property/signature";
import { isList, isMap } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret } from "../property/value";
import type { ResourceState } from "../state/resource";
import type { Goal } from "../steps/goal";
import { EMPTY_GOAL } from "../steps/goal";
import { nameOf, parseReference } from "../urn";
import { alike, isUnknown, topDiff } from "./difference";
import type { GoalPlan, PlanDiff, ResourcePlan } from "./plan";
import { goalPlan, NO_PLAN_DIFF } from "./plan";

/**
 * Why a resource departs from its plan; `undefined` if it does not.
 *
 * Source: `checkGoal` of `pkg/resource/deploy/plan.go`, whose words these are.
 */
export function goalViolation(
  plan: ResourcePlan,
  oldInputs: PropertyMap,
  newInputs: PropertyMap,
  goal: Goal,
): string | undefined {
  const planned = plan.goal;
  if (planned === undefined) {
    return "resource unexpectedly not deleted";
  }
  return (
    optionViolation(planned, goal) ??
    setViolation("ignoreChanges", planned.ignoreChanges, goal.ignoreChanges) ??
    setViolation("additionalSecretOutputs", planned.additionalSecretOutputs, goal.additionalSecretOutputs) ??
    setViolation("dependencies", planned.dependencies, goal.dependencies) ??
    setViolation("aliases", planned.aliases.map(aliasText), goal.aliases.map(aliasText)) ??
    propertyViolation(oldInputs, newInputs, planned.inputDiff) ??
    Object.entries(planned.propertyDependencies)
      .map(([key, urns]) => {
        const given = goal.propertyDependencies[key];
        // What was unknown in the plan may not be set in the program.
        return given === undefined ? undefined : setViolation(`dependencies for ${key}`, urns, given);
      })
      .find((violation) => violation !== undefined)
  );
}

/** As `goalViolation` for a resource that the plan does not know, which must stay as it is. */
export function changeViolation(old: ResourceState, newInputs: PropertyMap, goal: Goal): string | undefined {
  const { fields } = old;
  const kept: Goal = {
    ...EMPTY_GOAL,
    type: fields.type,
    name: nameOf(old.urn),
    custom: fields.custom,
    parent: fields.parent,
    protect: fields.protect,
    dependencies: fields.dependencies,
    provider: fields.provider,
    propertyDependencies: fields.propertyDependencies,
    additionalSecretOutputs: fields.additionalSecretOutputs,
    customTimeouts: fields.customTimeouts,
    aliases: fields.aliases.map((urn) => ({ ...NO_ALIAS, urn })),
  };
  const plan = { goal: goalPlan(kept, NO_PLAN_DIFF), steps: [], outputs: undefined, seed: undefined };
  return goalViolation(plan, fields.inputs, newInputs, goal);
}

const NO_ALIAS = { urn: "", name: "", type: "", stack: "", project: "", parent: "", noParent: false };

function optionViolation(planned: GoalPlan, goal: Goal): string | undefined {
  if (planned.custom !== goal.custom) {
    return `resource kind changed (expected ${planned.custom ? "custom" : "component"})`;
  }
  if (planned.provider !== goal.provider && !sameProvider(planned.provider, goal.provider)) {
    return `provider changed (expected ${planned.provider})`;
  }
  if (planned.parent !== goal.parent) {
    return `parent changed (expected ${planned.parent})`;
  }
  if (planned.protect !== goal.protect) {
    return `protect changed (expected ${planned.protect})`;
  }
  if (planned.deleteBeforeReplace !== goal.deleteBeforeReplace) {
    return `deleteBeforeReplace changed (expected ${planned.deleteBeforeReplace ?? "no value"})`;
  }
  if (planned.importId !== goal.importId) {
    return `importID changed (expected ${planned.importId})`;
  }
  for (const operation of ["create", "update", "delete", "read"] as const) {
    const expected = planned.customTimeouts[operation] ?? 0;
    if (expected !== (goal.customTimeouts[operation] ?? 0)) {
      return `${operation} timeout changed (expected ${expected})`;
    }
  }
  return undefined;
}

/** A provider that was to be made had no id yet. */
function sameProvider(planned: string, given: string): boolean {
  if (planned === "" || given === "") {
    return false;
  }
  const expected = parseReference(planned);
  return expected.urn === parseReference(given).urn && expected.id === UNKNOWN;
}

function setViolation(what: string, planned: readonly string[], given: readonly string[]): string | undefined {
  const adds = [...new Set(given)].filter((one) => !planned.includes(one)).sort();
  const deletes = [...new Set(planned)].filter((one) => !given.includes(one)).sort();
  const parts = [
    ...(adds.length > 0 ? [`added ${adds.join(", ")}`] : []),
    ...(deletes.length > 0 ? [`deleted ${deletes.join(", ")}`] : []),
  ];
  return parts.length === 0 ? undefined : `${what} changed: ${parts.join("; ")}`;
}

function aliasText({ urn, name, type, project, stack, parent, noParent }: Goal["aliases"][number]): string {
  return `{${[urn, name, type, project, stack, parent, String(noParent)].join(" ")}}`;
}

/** Why properties depart from what was planned for them; `undefined` if they do not. */
export function propertyViolation(olds: PropertyMap, news: PropertyMap, planned: PlanDiff): string | undefined {
  const diff = topDiff(olds, news, true);
  const changes: string[] = [];
  const differ = (key: string, mark: string, value?: PropertyValue) => changes.push(change(planned, key, mark, value));
  const has = (map: PropertyMap, key: string) => Object.hasOwn(map, key);
  const expects = (map: PropertyMap, key: string, value: PropertyValue) =>
    has(map, key) && alike(map[key] as PropertyValue, value, true);
  for (const [key, value] of Object.entries(diff.adds)) {
    if (!expects(planned.adds, key, value)) {
      differ(key, "+", value);
    }
  }
  for (const key of diff.deletes) {
    const resolved = has(planned.updates, key) && isUnknown(planned.updates[key] as PropertyValue);
    if (!planned.deletes.includes(key) && !resolved) {
      differ(key, "-");
    }
  }
  for (const [key, value] of Object.entries(diff.updates)) {
    // Where something has added the property already, changing it to what was to be added is no more than planned.
    if (!expects(has(planned.updates, key) ? planned.updates : planned.adds, key, value)) {
      differ(key, "~", value);
    }
  }
  for (const [key, expected] of Object.entries(planned.adds)) {
    if (!has(diff.adds, key) && !has(diff.updates, key)) {
      missing(news, key, expected, differ);
    }
  }
  for (const [key, expected] of Object.entries(planned.updates)) {
    if (has(diff.adds, key)) {
      differ(key, "+", diff.adds[key]);
    } else if (!has(diff.updates, key)) {
      missing(news, key, expected, differ);
    }
  }
  for (const key of planned.deletes) {
    const marks = [["+", diff.adds] as const, ["~", diff.updates] as const, ["=", diff.sames] as const];
    const found = diff.deletes.includes(key) ? undefined : marks.find(([, map]) => has(map, key));
    if (found !== undefined) {
      differ(key, found[0], found[1][key]);
    }
  }
  return changes.length === 0 ? undefined : `properties changed: ${[...new Set(changes)].sort().join(", ")}`;
}

function missing(
  news: PropertyMap,
  key: string,
  expected: PropertyValue,
  differ: (key: string, mark: string, value?: PropertyValue) => void,
): void {
  const actual = news[key];
  if (actual === undefined) {
    // What was unknown may have come to nothing.
    if (!isUnknown(expected)) {
      differ(key, "-");
    }
  } else if (!alike(expected, actual, true)) {
    differ(key, "=", actual);
  }
}

/** As `+~name[{planned}!={actual}]`: what was planned for a property, and what would happen to it. */
function change(planned: PlanDiff, key: string, mark: string, actual?: PropertyValue): string {
  const adds = Object.hasOwn(planned.adds, key);
  const updates = Object.hasOwn(planned.updates, key);
  const expected = adds ? planned.adds[key] : updates ? planned.updates[key] : undefined;
  const wanted = adds ? "+" : updates ? "~" : planned.deletes.includes(key) ? "-" : "=";
  const shown = [expected, actual].flatMap((value) => (value === undefined ? [] : [valueText(value)])).join("!=");
  return `${wanted}${mark}${key}${shown === "" ? "" : `[${shown}]`}`;
}

/** A value as Go prints it, secrets hidden. */
function valueText(value: PropertyValue): string {
  if (isUnknown(value)) {
    return "output<string>{}";
  }
  if (value instanceof Secret || (value instanceof OutputValue && value.secret)) {
    return "[secret]";
  }
  if (value instanceof OutputValue) {
    return valueText(value.element);
  }
  if (isList(value)) {
    return `{[${value.map(valueText).join(" ")}]}`;
  }
  if (isMap(value)) {
    const entries = Object.keys(value).sort();
    return `{map[${entries.map((key) => `${key}:${valueText(value[key] ?? null)}`).join(" ")}]}`;
  }
  if (value instanceof AssetOrArchive) {
    return `{${value.kind}:${value.hash.slice(0, 7)}}`;
  }
  return value instanceof ResourceReference ? `{${value.urn}}` : `{${value === null ? "<nil>" : String(value)}}`;
}
