import type { FleetPolicy } from "../../fleet/policy";
import { levelOf, settingsOf } from "../judging/level";
import { list } from "../objects/json";
import type { Rule } from "../rule";
import { rules } from "../rules";
import { allowedInCel, celOf, containersVariable } from "./cel";
import type { Condition } from "./condition";

export interface AdmissionOptions {
  /** What the fleet says of rules; their own levels and settings if it says nothing. */
  readonly policy?: FleetPolicy | undefined;
  /** The site's environment, for levels. */
  readonly environment?: string | undefined;
  /**
   * Whether mandatory rules deny. By default they are audited: what charts make by their own defaults is seen by no
   * check before it is there, and a site that denies its own platform after an upgrade has nobody to let it in again.
   */
  readonly deny?: boolean;
  /** Whether images can be named by digest already; if not, rules that soften themselves only audit. */
  readonly locked?: boolean;
}

/** Kinds that make pods and whose templates Kyverno judges as it judges pods. */
const controllers = ["deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"];

/**
 * The rules that can be enforced at admission, as Kyverno's ValidatingPolicies (`policies.kyverno.io/v1`, Kyverno 1.17 and
 * later), one for each rule that is not disabled.
 */
export function admissionPolicies(options: AdmissionOptions = {}): readonly object[] {
  return rules.flatMap((rule) => {
    const level = levelOf(rule, options.policy, options.environment);
    const conditions = rule.admission?.conditions ?? [];
    return conditions.length === 0 || level === "disabled" ? [] : [validatingPolicy(rule, conditions, options)];
  });
}

function validatingPolicy(rule: Rule, conditions: readonly Condition[], options: AdmissionOptions): object {
  const level = levelOf(rule, options.policy, options.environment);
  const soft = level === "advisory" || (rule.softens === true && options.locked !== true);
  const onNamespaces = conditions[0]?.subject === "namespace";
  const exempt = exemptInCel(rule, conditions, options.policy);
  return {
    apiVersion: "policies.kyverno.io/v1",
    kind: "ValidatingPolicy",
    metadata: {
      name: rule.name,
      labels: { "app.kubernetes.io/managed-by": "edgewave" },
      annotations: {
        "policies.kyverno.io/title": rule.name,
        "policies.kyverno.io/category": rule.area,
        "policies.kyverno.io/description": `${rule.description} ${rule.why} ${rule.fix}`,
      },
    },
    spec: {
      validationActions: [options.deny === true && !soft ? "Deny" : "Audit"],
      evaluation: { background: { enabled: true } },
      ...(onNamespaces ? {} : { autogen: { podControllers: { controllers } } }),
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: [onNamespaces ? "namespaces" : "pods"],
          },
        ],
      },
      ...(exempt === undefined
        ? {}
        : { matchConditions: [{ name: "not-on-the-named-list", expression: `!(${exempt})` }] }),
      ...(conditions.some(({ subject }) => subject === "containers") ? { variables: [containersVariable] } : {}),
      validations: conditions.map(celOf),
    },
  };
}

function exemptInCel(
  rule: Rule,
  conditions: readonly Condition[],
  policy: FleetPolicy | undefined,
): string | undefined {
  const [first] = conditions;
  if (first?.allowed === undefined) return undefined;
  const entries = list(settingsOf(rule, policy)[first.allowed]).filter((entry) => typeof entry === "string");
  return allowedInCel(entries, first.subject);
}
