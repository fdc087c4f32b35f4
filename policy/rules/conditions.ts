import type { Condition } from "../admission/condition";
import { refusedBy } from "../admission/evaluate";
import { list, shown } from "../objects/json";
import type { Resource } from "../resource";
import type { Context, ResourceRule, RuleText, Violation } from "../rule";
import { violation } from "../violation";

/** A rule that is nothing but conditions, so that an admission controller can enforce it too. */
export function conditionRule(
  { conditions, ...text }: Omit<RuleText, "admission"> & { readonly conditions: readonly Condition[] },
  advisory: (context: Context) => string | undefined = () => undefined,
): ResourceRule {
  return {
    ...text,
    scope: "resource",
    admission: { conditionsAt: () => conditions },
    check: (resource, context) =>
      conditions.flatMap((condition) => violationsOf(condition, resource, context, advisory)),
  };
}

function violationsOf(
  condition: Condition,
  resource: Resource,
  context: Context,
  advisory: (context: Context) => string | undefined,
): readonly Violation[] {
  const allowed = condition.allowed === undefined ? [] : allowedBy(context, condition.allowed);
  return refusedBy(condition, resource, allowed).map(({ path, value }) =>
    violation(resource, { field: path, value: shown(value), limit: condition.limit, advisory: advisory(context) }),
  );
}

/** A setting that is a list of texts. */
export function allowedBy(context: Pick<Context, "settings">, setting: string): readonly string[] {
  return list(context.settings[setting]).filter((item) => typeof item === "string");
}

/** The setting with the named list of those that may do what the rule forbids to all others. */
export function namedList(what: string, names: readonly string[] = []) {
  return {
    allowed: {
      type: "array",
      items: { type: "string" },
      description: `Objects that may ${what}: namespace/name, or namespace/* for all of a namespace.`,
      default: names,
    },
  } as const;
}

/** Namespaces whose pods read the node itself: its logs, metrics and volumes, or make its volumes and network. */
export const readersOfTheNode = [
  "kube-system/*",
  "local-path-storage/*",
  "log-collector/*",
  "monitoring/*",
  "velero/*",
] as const;
