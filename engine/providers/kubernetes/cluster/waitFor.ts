import { compile } from "json-p3";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import { ProviderError } from "../../failure";
import { textAt } from "../kinds";
import { conditionsOf, count, failed, isBehind, READY, statusOf, waiting } from "./readiness/status";
import type { Readiness } from "./readiness/status";

/** Tells whether a live object is as its annotation `pulumi.com/waitFor` asks. */
export type Wish = (live: PropertyMap) => Readiness;

/**
 * Reads the annotation `pulumi.com/waitFor`: `condition=TYPE[=STATUS]`, `jsonpath={.path}[=VALUE]`, or a JSON list of
 * them, which must all come true.
 *
 * Paths are those of RFC 9535, with or without the `$` in front; the first value that one finds counts. What a status
 * says of an older generation of the object does not count.
 *
 * @throws ProviderError for any other form.
 */
export function readWish(annotation: string): Wish {
  const wishes = expressions(annotation).map(single);
  return (live) => wishes.map((wish) => wish(live)).find(({ state }) => state !== "ready") ?? READY;
}

function expressions(annotation: string): readonly string[] {
  let list: unknown;
  try {
    list = JSON.parse(annotation);
  } catch {
    return [annotation];
  }
  if (Array.isArray(list) && list.length > 0 && list.every((part) => typeof part === "string")) return list;
  throw refusal(annotation, "it is no list of expressions");
}

function single(text: string): Wish {
  if (text.startsWith("condition=")) return conditionWish(text.slice("condition=".length));
  if (text.startsWith("jsonpath=")) return pathWish(text.slice("jsonpath=".length), text);
  throw refusal(text, 'it begins with neither "jsonpath=" nor "condition="');
}

/** Type and status are compared without regard to case, as kubectl does. */
function conditionWish(text: string): Wish {
  const at = text.indexOf("=");
  const [type, status] = at === -1 ? [text, "True"] : [text.slice(0, at), text.slice(at + 1)];
  return (live) => {
    const found = conditionsOf(live).find((condition) => same(textAt(condition, "type"), type));
    if (found === undefined) return waiting(`condition ${type} is not there yet`);
    const seen = found["observedGeneration"] ?? statusOf(live)["observedGeneration"];
    if (typeof seen === "number" && isBehind(live, seen)) return waiting(`condition ${type} is of an older generation`);
    if (same(textAt(found, "status"), status)) return READY;
    return waiting(`condition ${type} is ${textAt(found, "status")}: ${textAt(found, "message")}`);
  };
}

function pathWish(text: string, whole: string): Wish {
  const [, inner, , value] = /^\{\s*([^]*?)\s*\}(=([^]*))?$/.exec(text) ?? [];
  if (inner === undefined || value === "") throw refusal(whole, "its form is {.path} or {.path}=value");
  let path: ReturnType<typeof compile>;
  try {
    path = compile(inner.startsWith("$") ? inner : `$${inner}`);
  } catch (error) {
    throw refusal(whole, (error as Error).message);
  }
  return (live) => {
    if (isBehind(live, count(statusOf(live), "observedGeneration", Infinity))) {
      return waiting("its controller has not seen it yet");
    }
    const values = path.query(live as Parameters<typeof path.query>[0]).values() as PropertyValue[];
    const [found] = values;
    if (values.length === 0 || found === undefined) return waiting(`{${inner}} is not there yet`);
    if (value === undefined) return READY;
    if (typeof found === "object" && found !== null) {
      return failed(`{${inner}} is no text, number or truth value to compare with ${JSON.stringify(value)}`);
    }
    return String(found) === value ? READY : waiting(`{${inner}} is ${String(found)}`);
  };
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function refusal(text: string, why: string): ProviderError {
  return new ProviderError(
    "EDGE-KUBERNETES-017",
    `the annotation pulumi.com/waitFor cannot be read: ${JSON.stringify(text)}: ${why}`,
    'Write "condition=Ready", "jsonpath={.status.phase}=Running" or a JSON list of such',
  );
}
