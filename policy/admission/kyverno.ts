import type { Exemption, FleetPolicy } from "../../fleet/policy";
import { environmentOf, levelOf, settingsOf } from "../judging/level";
import { list } from "../objects/json";
import type { Rule } from "../rule";
import { rules } from "../rules";
import type { AdmissionPlace } from "./admission";
import { allowedInCel, celOf, containersVariable } from "./cel";
import type { Condition } from "./condition";
import { exemptInCel, exemptionText } from "./exempt";

export interface AdmissionOptions {
  /** What the fleet says of rules; their own levels and settings if it says nothing. */
  readonly policy?: FleetPolicy | undefined;
  /** Where they are enforced: its environment decides levels, and whether its release is locked what only audits. */
  readonly place?: AdmissionPlace | undefined;
  /** Whether rules that are mandatory deny; by default they audit. */
  readonly deny?: boolean;
  /** Namespaces that are never judged: what charts make in them by their own defaults no check has seen before. */
  readonly except?: readonly string[];
  /** What happens while the admission controller does not answer; Kyverno's own default is `Fail`. */
  readonly failurePolicy?: "Fail" | "Ignore";
}

/** A ValidatingPolicy, as far as others look into it. */
export interface AdmissionPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** Kinds that make pods and whose templates Kyverno judges as it judges pods. */
const controllers = ["deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"];

/** Names of all that `admissionPolicies` can give. */
export const admissionPolicyNames: readonly string[] = rules
  .filter(({ admission }) => admission !== undefined)
  .map(({ name }) => name);

/**
 * The rules that can be enforced at admission, as Kyverno's ValidatingPolicies (`policies.kyverno.io/v1`, Kyverno 1.17 and
 * later), one for each rule that is not disabled.
 */
export function admissionPolicies(options: AdmissionOptions = {}): readonly AdmissionPolicy[] {
  return rules.flatMap((rule) => {
    const conditions = rule.admission?.conditionsAt(options.place) ?? [];
    return conditions.length === 0 || levelAt(rule, options) === "disabled"
      ? []
      : [validatingPolicy(rule, conditions, options)];
  });
}

function levelAt(rule: Rule, { policy, place }: AdmissionOptions) {
  return levelOf(rule, policy, environmentOf(place?.site, policy));
}

function validatingPolicy(rule: Rule, conditions: readonly Condition[], options: AdmissionOptions): AdmissionPolicy {
  const locked = options.place?.release.lock !== undefined;
  const soft = levelAt(rule, options) === "advisory" || (rule.softens === true && !locked);
  const onNamespaces = conditions[0]?.subject === "namespace";
  const exemptions = exemptionsOf(rule, options);
  const matchConditions = [
    ...notOf("not-of-the-platform", namespacesInCel(options.except ?? [], conditions)),
    ...notOf("not-on-the-named-list", namedInCel(rule, conditions, options.policy)),
    // The API server leaves out what only Kyverno understands, so each of them stands alone.
    ...exemptions.flatMap((exemption, index) => notOf(`not-exempt-${index + 1}`, exemptInCel(exemption))),
  ];
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
        ...(exemptions.length > 0 && { "edgewave.dev/exemptions": exemptions.map(exemptionText).join("\n") }),
      },
    },
    spec: {
      validationActions: [options.deny === true && !soft ? "Deny" : "Audit"],
      ...(options.failurePolicy !== undefined && { failurePolicy: options.failurePolicy }),
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
      ...(matchConditions.length > 0 && { matchConditions }),
      ...(conditions.some(({ subject }) => subject === "containers") ? { variables: [containersVariable] } : {}),
      validations: conditions.map(celOf),
    },
  };
}

function notOf(name: string, expression: string | undefined): readonly object[] {
  return expression === undefined ? [] : [{ name, expression: `!(${expression})` }];
}

function namespacesInCel(namespaces: readonly string[], conditions: readonly Condition[]): string | undefined {
  const [first] = conditions;
  const entries = namespaces.map((namespace) => `${namespace}/*`);
  return first === undefined ? undefined : allowedInCel(entries, first.subject);
}

function namedInCel(rule: Rule, conditions: readonly Condition[], policy: FleetPolicy | undefined): string | undefined {
  const [first] = conditions;
  if (first?.allowed === undefined) return undefined;
  const entries = list(settingsOf(rule, policy)[first.allowed]).filter((entry) => typeof entry === "string");
  return allowedInCel(entries, first.subject);
}

/** Those for the place; their end is in what they say, so that rendering asks no clock. */
function exemptionsOf({ name }: Rule, { policy, place }: AdmissionOptions): readonly Exemption[] {
  if (place === undefined) return [];
  return (policy?.exemptions ?? []).filter(
    ({ rule, sites }) => rule === name && (sites.length === 0 || sites.includes(place.site.name)),
  );
}
