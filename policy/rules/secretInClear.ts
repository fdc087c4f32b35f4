import { at, eachText, fieldText, leaves, list, text } from "../objects/json";
import { containersOf, podSource } from "../objects/pods";
import { looksSecret, namesSecret } from "../objects/secrets";
import { helmValues, kubernetesObject, type Resource } from "../resource";
import type { StackRule, Violation } from "../rule";
import { violation } from "../violation";

/** Shorter ones would be found in everything. */
const shortest = 8;
const limit = "a secret is given as a Pulumi secret, or by a reference to a Secret";

export const secretInClear: StackRule = {
  name: "secret-in-clear",
  area: "secrets",
  scope: "stack",
  description: "No input of a resource has a secret in clear.",
  why: "Inputs in clear are in the state, in previews and logs, and in rendered files that are copied to sticks and shares.",
  fix: "Wrap it by pulumi.secret, or let the pod read it from a Secret.",
  level: "mandatory",
  check: (resources) => {
    const known = new Set(resources.flatMap(secretValues));
    return resources.flatMap((resource) => [...byForm(resource, known), ...byName(resource), ...ofKind(resource)]);
  },
};

/** Values that some resource of the stack keeps as a secret. */
function secretValues(resource: Resource): readonly string[] {
  const secrets = new Set(resource.secrets ?? []);
  if (secrets.size === 0) return [];
  const values: string[] = [];
  eachText(resource.props, (value, path) => {
    if (value.length >= shortest && isSecretPath(path, secrets)) values.push(value);
  });
  return values;
}

function byForm(resource: Resource, known: ReadonlySet<string>): readonly Violation[] {
  if (unknowable(resource)) return [];
  const secrets = new Set(resource.secrets ?? []);
  const found: Violation[] = [];
  eachText(resource.props, (value, path) => {
    if (value.length < shortest) return;
    const what = looksSecret(value) ?? (holdsKnown(value, known) ? "a secret of this stack" : undefined);
    if (what !== undefined && !isSecretPath(path, secrets)) {
      found.push(violation(resource, { field: [...path], value: `${what} (${value.length} characters)`, limit }));
    }
  });
  return found;
}

function holdsKnown(value: string, known: ReadonlySet<string>): boolean {
  for (const secret of known) if (value.includes(secret)) return true;
  return false;
}

/** Environment variables of containers, and Helm values, with a name that says what they hold. */
function byName(resource: Resource): readonly Violation[] {
  const secrets = new Set(resource.secrets ?? []);
  const refuse = (path: readonly (string | number)[], value: string) =>
    value === "" || /[${}]/.test(value) || value.startsWith("/") || isSecretPath(path, secrets)
      ? []
      : [violation(resource, { field: path, value: `a text (${value.length} characters)`, limit })];
  const pod = podSource(resource);
  if (pod !== undefined) {
    return containersOf(pod).flatMap(({ path, container }) =>
      list(container["env"]).flatMap((variable, index) => {
        const value = text(at(variable, "value"));
        return value !== undefined && namesSecret(text(at(variable, "name")))
          ? refuse([...path, "env", index, "value"], value)
          : [];
      }),
    );
  }
  const helm = helmValues(resource);
  if (helm === undefined) return [];
  return [...leaves(helm.values)].flatMap(([path, value]) =>
    typeof value === "string" && namesSecret(path.at(-1)) && !/existing/i.test(String(path.at(-1)))
      ? refuse(["values", ...path], value)
      : [],
  );
}

/** A Secret of Kubernetes in a stack whose data is no secret to Pulumi. What Git has is for `sops-in-git`. */
function ofKind(resource: Resource): readonly Violation[] {
  const object = kubernetesObject(resource);
  if (object?.group !== "" || object.kind !== "Secret" || resource.secrets === undefined) return [];
  const secrets = new Set(resource.secrets);
  return ["data", "stringData"].flatMap((key) =>
    Object.entries((at(object.object, key) ?? {}) as object).flatMap(([name, value]) =>
      typeof value === "string" &&
      value !== "" &&
      !isSecretPath([key, name], secrets) &&
      looksSecret(value) === undefined
        ? [violation(resource, { field: [key, name], value: `a text (${value.length} characters)`, limit })]
        : [],
    ),
  );
}

/**
 * What these hold may well be secret, and whether it was marked is not known where secrets come in clear: to a pack, which
 * is given outputs too. `edgewave check` knows.
 */
function unknowable(resource: Resource): boolean {
  return (
    resource.secrets === undefined &&
    /^(tls|random|command|pulumi|edgewave):|^kubernetes:core\/v1:Secret$/.test(resource.type)
  );
}

function isSecretPath(path: readonly (string | number)[], secrets: ReadonlySet<string>): boolean {
  if (secrets.size === 0) return false;
  return path.some((_, index) => secrets.has(fieldText(path.slice(0, index + 1))));
}
