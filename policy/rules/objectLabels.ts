import { kubernetesObject, type Resource } from "../resource";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";
import { allowedBy } from "./conditions";

const managedBy = "app.kubernetes.io/managed-by";

export const objectLabels: ResourceRule = {
  name: "object-labels",
  area: "fleet",
  scope: "resource",
  description: "Every object that a stack makes says by a label what it belongs to.",
  why: "Whoever stands before a site at night has to see at once whose an object is, and what may be deleted.",
  fix: `Add one of the labels, such as ${managedBy}.`,
  level: "mandatory",
  settings: {
    anyOf: {
      type: "array",
      items: { type: "string" },
      description: "Labels of which every object has at least one.",
      default: [managedBy, "app.kubernetes.io/part-of", "app.kubernetes.io/name", "strimzi.io/cluster"],
    },
  },
  check: (resource, context) => {
    const wanted = allowedBy(context, "anyOf");
    const object = judged(resource);
    if (object === undefined || wanted.length === 0 || wanted.some((label) => object.labels[label] !== undefined))
      return [];
    return [
      violation(resource, { field: "metadata.labels", value: "missing", limit: `it has one of ${wanted.join(", ")}` }),
    ];
  },
  remediate: (resource, context) => {
    const object = judged(resource);
    const wanted = allowedBy(context, "anyOf");
    if (object === undefined || wanted.some((label) => object.labels[label] !== undefined)) return undefined;
    const metadata = (object.object["metadata"] ?? {}) as object;
    const labels = {
      ...object.labels,
      [wanted.includes(managedBy) ? managedBy : (wanted[0] ?? managedBy)]: "edgewave",
    };
    return { ...object.object, metadata: { ...metadata, labels } };
  },
};

/** Objects of a stack; Flux labels what it applies by itself. */
function judged(resource: Resource) {
  return resource.origin === "stack" ? kubernetesObject(resource) : undefined;
}
