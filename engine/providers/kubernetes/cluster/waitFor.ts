import { isList, isMap } from "../../../property/shape";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import { ProviderError } from "../../failure";
import { textAt } from "../kinds";
import { conditionsOf } from "./readiness";
import type { Readiness } from "./readiness";

/** Tells whether a live object is as its annotation `pulumi.com/waitFor` asks. */
export type Wish = (live: PropertyMap) => Readiness;

/**
 * Reads the annotation `pulumi.com/waitFor`: `condition=TYPE[=STATUS]`, `jsonpath={.path}[=VALUE]`, or a JSON list of
 * them, which must all come true.
 *
 * Paths are made of `.name`, `['name']`, `[0]`, `[*]` and `[?(@.name=="text")]`.
 *
 * @throws ProviderError for any other form.
 */
export function readWish(annotation: string): Wish {
  const wishes = expressions(annotation).map(single);
  return (live) => {
    const waiting = wishes.map((wish) => wish(live)).find(({ state }) => state !== "ready");
    return waiting ?? { state: "ready" };
  };
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

function conditionWish(text: string): Wish {
  const at = text.indexOf("=");
  const [type, status] = at === -1 ? [text, "True"] : [text.slice(0, at), text.slice(at + 1)];
  return (live) => {
    const found = conditionsOf(live).find((condition) => textAt(condition, "type") === type);
    if (found !== undefined && textAt(found, "status") === status) return { state: "ready" };
    const now = found === undefined ? "is not there yet" : `is ${textAt(found, "status")}: ${textAt(found, "message")}`;
    return { state: "waiting", why: `condition ${type} ${now}` };
  };
}

function pathWish(text: string, whole: string): Wish {
  const [, inner, , value] = /^\{([^]*)\}(=([^]*))?$/.exec(text) ?? [];
  if (inner === undefined || value === "") throw refusal(whole, "its form is {.path} or {.path}=value");
  const steps = pathSteps(inner.replace(/^\$/, ""), whole);
  return (live) => {
    const found = steps.reduce<readonly PropertyValue[]>((values, step) => values.flatMap(step), [live]);
    const ready =
      value === undefined ? found.length > 0 : found.length > 0 && found.every((one) => shown(one) === value);
    if (ready) return { state: "ready" };
    const now = found.length === 0 ? "is not there yet" : `is ${found.map(shown).join(", ")}`;
    return { state: "waiting", why: `{${inner}} ${now}` };
  };
}

function pathSteps(path: string, whole: string): ((value: PropertyValue) => readonly PropertyValue[])[] {
  const pattern =
    /\.([\w-]+)|\[\s*(?:'([^']+)'|"([^"]+)")\s*\]|\[(\d+)\]|(\[\*\]|\.\*)|\[\?\(\s*@\.([\w-]+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\)\]/y;
  const steps: ((value: PropertyValue) => readonly PropertyValue[])[] = [];
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null) throw refusal(whole, "the embedded engine does not read this path");
    const [, plain, single, double, index, all, key, quoted, apostrophed] = match;
    const name = plain ?? single ?? double;
    steps.push((value) => {
      if (name !== undefined) return isMap(value) && value[name] !== undefined ? [value[name]] : [];
      if (index !== undefined)
        return isList(value) && Number(index) < value.length ? [value[Number(index)] ?? null] : [];
      const parts = isList(value) ? value : isMap(value) ? Object.values(value) : [];
      if (all !== undefined) return parts;
      return parts.filter((part) => isMap(part) && part[key ?? ""] === (quoted ?? apostrophed));
    });
  }
  return steps;
}

function shown(value: PropertyValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function refusal(text: string, why: string): ProviderError {
  return new ProviderError(
    "EDGE-KUBERNETES-017",
    `the annotation pulumi.com/waitFor cannot be read: ${JSON.stringify(text)}: ${why}`,
    'Write "condition=Ready", "jsonpath={.status.phase}=Running" or a JSON list of such',
  );
}
