import type { CheckpointResource } from "./workspace";

/** What the engine alone decides about a resource: not the values that are random, nor times and source positions. */
export function decided(resources: readonly CheckpointResource[], ids: boolean): unknown {
  const keys = [
    "custom",
    "type",
    "parent",
    "protect",
    "external",
    "dependencies",
    "propertyDependencies",
    "additionalSecretOutputs",
    "retainOnDelete",
    "ignoreChanges",
    "customTimeouts",
    "delete",
    "pendingReplacement",
    "aliases",
  ];
  return Object.fromEntries(
    resources.map((resource) => [
      resource.urn,
      {
        ...Object.fromEntries(keys.map((key) => [key, resource[key]])),
        // The SDK names them in the order in which it comes to know them, which is another from run to run.
        dependencies: [...(resource.dependencies ?? [])].sort(),
        provider: ids ? resource.provider : resource.provider?.replace(/::[^:]+$/, ""),
        inputs: shape(resource.inputs),
        outputs: shape(resource.outputs),
      },
    ]),
  );
}

/** The form of a value: keys, kinds, lengths of lists, and which parts are secret. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(shape);
  }
  if (typeof value === "object" && value !== null) {
    const map = value as Record<string, unknown>;
    return "ciphertext" in map
      ? "secret"
      : Object.fromEntries(
          Object.keys(map)
            .sort()
            .map((key) => [key, shape(map[key])]),
        );
  }
  return typeof value;
}
