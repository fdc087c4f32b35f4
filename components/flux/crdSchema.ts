import type { FluxKind } from "./crds";

/** The part of a structural OpenAPI schema that our definitions use. */
export interface Schema {
  type: "object" | "string" | "boolean";
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  default?: string | boolean | { observedGeneration: number };
  "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** A `CustomResourceDefinition`'s metadata and spec. */
export function customResourceDefinition(kind: FluxKind) {
  const name = `${kind.plural}.${kind.group}`;
  return {
    metadata: { name, labels: { "app.kubernetes.io/part-of": "flux", "app.kubernetes.io/managed-by": "edgewave" } },
    spec: {
      group: kind.group,
      scope: "Namespaced",
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        // The API server leaves out an empty list, which would be a change each time.
        ...(kind.shortNames.length > 0 ? { shortNames: [...kind.shortNames] } : {}),
        categories: ["all", "fluxcd", kind.category],
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: kind.status ? { status: {} } : {},
          additionalPrinterColumns: printerColumns(kind),
          schema: { openAPIV3Schema: schemaOf(kind) },
        },
      ],
    },
  };
}

function schemaOf(kind: FluxKind): Schema {
  const spec = openObject();
  if (kind.required.length > 0) spec.required = [...kind.required];
  for (const [path, value] of Object.entries(kind.defaults)) setDefault(spec, path.split("."), value);
  const status: Schema = { ...openObject(), default: { observedGeneration: -1 } };
  return {
    type: "object",
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec,
      ...(kind.status ? { status } : {}),
    },
  };
}

function openObject(): Schema {
  return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
}

function setDefault(schema: Schema, path: readonly string[], value: string | boolean): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  schema.properties ??= {};
  if (rest.length === 0) {
    schema.properties[key] = { type: typeof value === "boolean" ? "boolean" : "string", default: value };
    return;
  }
  setDefault((schema.properties[key] ??= openObject()), rest, value);
}

function printerColumns({ status }: FluxKind) {
  const age = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };
  if (!status) return [age];
  const condition = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`;
  return [
    age,
    { name: "Ready", type: "string", jsonPath: condition("Ready", "status") },
    { name: "Status", type: "string", jsonPath: condition("Ready", "message") },
    // Below here what a wide listing shows, and what a site's report says of Flux: the parts that kstatus looks at.
    ...Object.entries({
      ...wideColumns,
      "Ready Reason": ["string", condition("Ready", "reason")] as const,
      "Ready Generation": ["integer", condition("Ready", "observedGeneration")] as const,
      Reconciling: ["string", condition("Reconciling", "status")] as const,
      "Reconciling Reason": ["string", condition("Reconciling", "reason")] as const,
      Stalled: ["string", condition("Stalled", "status")] as const,
      "Stalled Message": ["string", condition("Stalled", "message")] as const,
    }).map(([name, [type, jsonPath]]) => ({ name, type, jsonPath, priority: 1 })),
  ];
}

/** Type and path by name; a path that an object does not have gives an empty cell. */
const wideColumns = {
  Namespace: ["string", ".metadata.namespace"],
  Deleted: ["string", ".metadata.deletionTimestamp"],
  Generation: ["integer", ".metadata.generation"],
  Observed: ["integer", ".status.observedGeneration"],
  Suspended: ["boolean", ".spec.suspend"],
  "Source Kind": ["string", ".spec.sourceRef.kind"],
  Source: ["string", ".spec.sourceRef.name"],
  Artifact: ["string", ".status.artifact.revision"],
  Attempted: ["string", ".status.lastAttemptedRevision"],
  Applied: ["string", ".status.lastAppliedRevision"],
  Chart: ["string", ".status.history[0].chartVersion"],
} as const satisfies Readonly<Record<string, readonly [type: string, path: string]>>;
