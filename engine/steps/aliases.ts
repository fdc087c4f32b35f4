import { makeUrn, nameOf, parseUrn, ROOT_STACK_TYPE, typeOf } from "../urn";
import type { Alias, Goal } from "./goal";

export interface AliasContext {
  readonly stack: string;
  readonly project: string;
  /** By URN of a resource of this run, the URN that it had in the state. */
  readonly formerUrns: ReadonlyMap<string, string>;
}

/**
 * The URNs under which a resource may be in the state besides its own: by its aliases, by those of its parent, and by
 * both together.
 *
 * Source: `generateAliases` of `pkg/resource/deploy/step_generator.go`.
 */
export function aliasUrns(goal: Goal, context: AliasContext): string[] {
  const found = new Set<string>();
  for (const alias of goal.aliases) {
    found.add(collapse(goal, alias, context));
  }
  const formerParent = goal.parent === "" ? undefined : context.formerUrns.get(goal.parent);
  if (formerParent !== undefined) {
    const parentName = nameOf(goal.parent);
    found.add(inherited(goal.type, goal.name, parentName, formerParent, context));
    for (const alias of goal.aliases) {
      const urn = collapse(goal, alias, context);
      found.add(inherited(typeOf(urn), nameOf(urn), parentName, formerParent, context));
    }
  }
  return [...found];
}

function collapse(goal: Goal, alias: Alias, context: AliasContext): string {
  if (alias.urn !== "") {
    return alias.urn;
  }
  let parent = alias.parent === "" ? goal.parent : (context.formerUrns.get(alias.parent) ?? alias.parent);
  if (alias.noParent || (parent !== "" && parseUrn(parent).qualifiedType === ROOT_STACK_TYPE)) {
    parent = "";
  }
  return makeUrn(
    alias.stack || context.stack,
    alias.project || context.project,
    parent,
    alias.type || goal.type,
    alias.name || goal.name,
  );
}

function inherited(
  type: string,
  name: string,
  parentName: string,
  formerParent: string,
  context: AliasContext,
): string {
  // A child is often named after its parent, and was then named after the parent's former name.
  const former = name.startsWith(parentName) ? nameOf(formerParent) + name.slice(parentName.length) : name;
  return makeUrn(context.stack, context.project, formerParent, type, former);
}
