import { isList, isMap } from "../../../property/shape";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import { textAt } from "../kinds";
import { nameOf, namespaceOf } from "../object";
import type { Objects } from "./objects";
import { podTrouble } from "./readiness/pod";
import { specOf } from "./readiness/status";

/** Kinds whose controllers make pods. */
const controllers = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "ReplicationController"]);
/** Milliseconds between two looks at the pods. */
const between = 5000;

/** Tells what keeps the pods of a workload from running, for the one who waits for it. */
export class PodTroubles {
  private last = 0;
  private said = "";

  constructor(
    private readonly objects: Objects,
    private readonly signal: AbortSignal,
  ) {}

  /** ` (pod NAME: …)` of the first pod that cannot run; empty where none is stuck or they may not be listed. */
  async of(live: PropertyMap): Promise<string> {
    if (!controllers.has(textAt(live, "kind"))) return "";
    if (Date.now() - this.last < between) return this.said;
    this.last = Date.now();
    this.said = await this.look(live).catch(() => "");
    return this.said;
  }

  private async look(live: PropertyMap): Promise<string> {
    const labelSelector = selectorText(specOf(live)["selector"] ?? null);
    if (labelSelector === "") return "";
    const selection = { apiVersion: "v1", kind: "Pod", namespace: namespaceOf(live), query: { labelSelector } };
    const list = await this.objects.list(selection, this.signal);
    for (const pod of isList(list["items"]) ? list["items"].filter(isMap) : []) {
      const trouble = podTrouble(pod);
      if (trouble !== undefined) return ` (pod ${nameOf(pod)}: ${trouble})`;
    }
    return "";
  }
}

/** A label selector as a query has it, from a map of labels or from `matchLabels` and `matchExpressions`. */
export function selectorText(selector: PropertyValue): string {
  if (!isMap(selector)) return "";
  const nested = isMap(selector["matchLabels"]) || isList(selector["matchExpressions"]);
  const labels = nested ? selector["matchLabels"] : selector;
  const expressions = nested && isList(selector["matchExpressions"]) ? selector["matchExpressions"].filter(isMap) : [];
  const parts = Object.entries(isMap(labels) ? labels : {}).map(([key, value]) => `${key}=${String(value)}`);
  return [...parts, ...expressions.map(expressionText)].join(",");
}

function expressionText(expression: PropertyMap): string {
  const key = textAt(expression, "key");
  const values = isList(expression["values"]) ? expression["values"].map(String).join(",") : "";
  switch (textAt(expression, "operator")) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    case "NotIn":
      return `${key} notin (${values})`;
    default:
      return `${key} in (${values})`;
  }
}
