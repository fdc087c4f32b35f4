import { isList, isMap } from "../../../../property/shape";
import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { metadataOf } from "../../object";

/** Whether a live object does its work: it does, it may still come to, or it never will. */
export type Readiness = { readonly state: "ready" } | { readonly state: "waiting" | "failed"; readonly why: string };

export const READY: Readiness = { state: "ready" };

export function waiting(why: string): Readiness {
  return { state: "waiting", why };
}

export function failed(why: string): Readiness {
  return { state: "failed", why };
}

/** The first that is not ready, or ready. */
export function first(...found: readonly (Readiness | undefined)[]): Readiness {
  return found.find((one) => one !== undefined && one.state !== "ready") ?? READY;
}

export function statusOf(live: PropertyMap): PropertyMap {
  return isMap(live["status"]) ? live["status"] : {};
}

export function specOf(live: PropertyMap): PropertyMap {
  return isMap(live["spec"]) ? live["spec"] : {};
}

/** The conditions in an object's status. */
export function conditionsOf(live: PropertyMap): readonly PropertyMap[] {
  const { conditions } = statusOf(live);
  return isList(conditions) ? conditions.filter(isMap) : [];
}

/** The condition of a type; with a status, only if it has that one. */
export function conditionOf(live: PropertyMap, type: string, status?: string): PropertyMap | undefined {
  return conditionsOf(live).find(
    (condition) =>
      textAt(condition, "type") === type && (status === undefined || textAt(condition, "status") === status),
  );
}

/** `[REASON] MESSAGE`, as far as the condition says. */
export function saidBy(condition: PropertyMap): string {
  const reason = textAt(condition, "reason");
  return [...(reason === "" ? [] : [`[${reason}]`]), textAt(condition, "message")].filter(Boolean).join(" ");
}

export function count(map: PropertyMap, key: string, otherwise: number): number {
  const value = map[key];
  return typeof value === "number" ? value : otherwise;
}

/** Whether what the status says is of an older generation than the object. */
export function isBehind(live: PropertyMap, seen: number): boolean {
  return seen < count(metadataOf(live), "generation", 0);
}

/** For controllers that always say which generation they have seen. */
export function notObserved(live: PropertyMap): Readiness | undefined {
  return isBehind(live, count(statusOf(live), "observedGeneration", 0))
    ? waiting("its controller has not seen it yet")
    : undefined;
}
