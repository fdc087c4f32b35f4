import type { Resource } from "../resource";
import type { StackRule, Violation } from "../rule";
import { at, fieldText, shown, type Step } from "../objects/json";
import { quantity } from "../objects/quantity";
import { violation } from "../violation";

/** What is lost with a resource, and which inputs replace it when they change; by Pulumi's type. */
const stateful: readonly { readonly type: RegExp; readonly fields: readonly (readonly Step[])[] }[] = [
  {
    type: /^kubernetes:core\/v1:PersistentVolumeClaim$/,
    fields: [
      ["metadata", "name"],
      ["metadata", "namespace"],
      ["spec", "storageClassName"],
      ["spec", "accessModes"],
      ["spec", "volumeName"],
    ],
  },
  {
    type: /^kubernetes:apps\/v1:StatefulSet$/,
    fields: [
      ["metadata", "name"],
      ["metadata", "namespace"],
      ["spec", "serviceName"],
      ["spec", "selector"],
      ["spec", "volumeClaimTemplates"],
    ],
  },
  {
    type: /^kubernetes:kafka\.strimzi\.io\/v1:(Kafka|KafkaNodePool|KafkaTopic)$/,
    fields: [
      ["metadata", "name"],
      ["metadata", "namespace"],
      ["spec", "storage", "type"],
    ],
  },
  { type: /^tls:index\/privateKey:PrivateKey$/, fields: [["algorithm"], ["ecdsaCurve"], ["rsaBits"]] },
  { type: /^random:index\/randomPassword:RandomPassword$/, fields: [["length"], ["special"], ["keepers"]] },
];

const storage = ["spec", "resources", "requests", "storage"] as const;
const limit = "what holds state is deleted or replaced only with an exemption that permits it";

export const statefulKept: StackRule = {
  name: "stateful-kept",
  area: "fleet",
  scope: "stack",
  description: "What holds state is not deleted or replaced without an explicit permission.",
  why: "A renamed claim or key is a new one: the old data or the trust of every device is gone, on a site that nobody can reach.",
  fix: "Keep name and class, or write an exemption of this rule for the site with a reason, an owner and an end.",
  level: "mandatory",
  check: (resources, { deployed }) => {
    if (deployed === undefined) return [];
    const now = new Map(
      resources.filter(({ origin }) => origin === "stack").map((resource) => [keyOf(resource), resource]),
    );
    return deployed.flatMap((before): readonly Violation[] => {
      const kind = stateful.find(({ type }) => type.test(before.type));
      if (kind === undefined) return [];
      const after = now.get(keyOf(before));
      if (after === undefined) {
        return [violation(before, { field: "resource", value: "gone, which deletes it", limit })];
      }
      const changed = kind.fields
        .filter((field) => !isKept(before, at(after.props, ...field), field))
        .map((field) =>
          violation(after, {
            field,
            value: `${shown(at(after.props, ...field))} instead of ${shown(at(before.props, ...field))}, which replaces it`,
            limit,
          }),
        );
      return [...changed, ...shrunk(before, after)];
    });
  },
};

/**
 * A pack is given what comes of the inputs, with what the provider filled in; a check that builds a site has the inputs
 * alone.
 */
function isKept({ props, outputs }: Resource, value: unknown, field: readonly Step[]): boolean {
  return [props, outputs].some((had) => sameJson(at(had, ...field), value));
}

function shrunk(before: Resource, after: Resource): readonly Violation[] {
  const [had, has] = [quantity(at(before.props, ...storage)), quantity(at(after.props, ...storage))];
  if (had === undefined || has === undefined || has >= had) return [];
  const value = `${shown(at(after.props, ...storage))} instead of ${shown(at(before.props, ...storage))}`;
  return [violation(after, { field: fieldText(storage), value, limit: "a volume never gets smaller" })];
}

function keyOf({ type, name }: Resource): string {
  return `${type}::${name}`;
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
