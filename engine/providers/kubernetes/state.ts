import { randomBytes } from "node:crypto";
import { isMap, withoutSecrets } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import { textAt } from "./kinds";
import { annotationOf, objectOf, outputForm } from "./object";
import { withSecrecyOf } from "./secrecy";

const ownKeys = ["__inputs", "__initialApiVersion", "__fieldManager"];

/**
 * A resource's outputs: the live object, and beside it the inputs that made it, its first API version and the name
 * under which its fields are managed.
 *
 * @param from inputs or outputs that say what is secret.
 */
export function stateOf(
  inputs: PropertyMap,
  live: PropertyMap,
  from: PropertyMap,
  initialApiVersion: string,
  fieldManager: string,
): PropertyMap {
  return {
    ...withSecrecyOf(outputForm(live), from),
    __inputs: withSecrecyOf(outputForm(inputs), from),
    __initialApiVersion: initialApiVersion,
    __fieldManager: fieldManager,
  };
}

/** The inputs and the live object in a resource's outputs, in clear. */
export function parseState(outputs: PropertyMap): { readonly inputs: PropertyMap; readonly live: PropertyMap } {
  const kept = Object.fromEntries(Object.entries(outputs).filter(([key]) => !ownKeys.includes(key)));
  const inputs = withoutSecrets(outputs["__inputs"] ?? {});
  return { inputs: isMap(inputs) ? objectOf(inputs) : {}, live: objectOf(kept) };
}

/** The API version under which the resource was first made. */
export function initialApiVersionOf(outputs: PropertyMap, object: PropertyMap): string {
  const kept = textAt(outputs, "__initialApiVersion");
  return kept === "" ? textAt(object, "apiVersion") : kept;
}

/**
 * The name under which the resource's fields are managed: from its annotation, from the state, or a new one. Without
 * server-side apply it is the same for all.
 */
export function fieldManagerOf(outputs: PropertyMap, object: PropertyMap, serverSideApply: boolean): string {
  if (!serverSideApply) return "pulumi-kubernetes";
  const asked = annotationOf(object, "pulumi.com/patchFieldManager");
  if (asked !== "") return asked;
  const kept = textAt(outputs, "__fieldManager");
  return kept === "" ? `pulumi-kubernetes-${randomBytes(4).toString("hex")}` : kept;
}
