import { isObject, textAt, type LiveObject } from "./client";

/** What an object's status says of it; `why` is one line. */
export type Status =
  { readonly state: "current" } | { readonly state: "progressing" | "failed" | "terminating"; readonly why: string };

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** The generation that it is about; undefined if it does not say. */
  readonly observedGeneration: number | undefined;
}

/**
 * The state of a custom resource by the rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus/status/generic.go). Where
 * those decide nothing, kstatus takes a custom resource for current; here it has to say so by its condition Ready, as all
 * of Flux's do.
 *
 * 1. Being deleted: terminating. 2. A generation that its controller has not seen: progressing. 3. Reconciling: progressing.
 * 4. Stalled: failed. 5. Ready is True: current; anything else: progressing.
 */
export function statusOf(object: LiveObject): Status {
  if ((textAt(object, "metadata", "deletionTimestamp") ?? "") !== "") {
    return { state: "terminating", why: "it is being deleted" };
  }
  const generation = generationOf(object);
  const observed = numberAt(object, "status", "observedGeneration");
  if (generation !== undefined && observed !== generation) {
    return { state: "progressing", why: `its controller has seen generation ${observed ?? "none"}, not ${generation}` };
  }
  const conditions = conditionsOf(object);
  // The first of the two that is true decides, in the order of the list.
  const busy = conditions.find(
    ({ type, status }) => (type === "Reconciling" || type === "Stalled") && status === "True",
  );
  if (busy !== undefined) return { state: busy.type === "Stalled" ? "failed" : "progressing", why: worded(busy) };
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return { state: "current" };
  return { state: "progressing", why: ready === undefined ? "it has no condition Ready yet" : worded(ready) };
}

/** The conditions in an object's status that have the form of conditions. */
export function conditionsOf(object: LiveObject): Condition[] {
  const { status } = object;
  const list = isObject(status) ? status["conditions"] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown): Condition[] => {
    const type = textAt(one, "type");
    const state = textAt(one, "status");
    if (type === undefined || state === undefined) return [];
    const observed = isObject(one) ? one["observedGeneration"] : undefined;
    return [
      {
        ...{ type, status: state, reason: textAt(one, "reason") ?? "", message: textAt(one, "message") ?? "" },
        observedGeneration: typeof observed === "number" ? observed : undefined,
      },
    ];
  });
}

/** `Ready is False (HealthCheckFailed): timeout waiting for ...`. */
export function worded({ type, status, reason, message }: Condition): string {
  return `${type} is ${status}${reason === "" ? "" : ` (${reason})`}${message === "" ? "" : `: ${message}`}`;
}

export function generationOf(object: LiveObject): number | undefined {
  return numberAt(object, "metadata", "generation");
}

function numberAt(object: LiveObject, part: string, key: string): number | undefined {
  const value = isObject(object[part]) ? object[part][key] : undefined;
  return typeof value === "number" ? value : undefined;
}
