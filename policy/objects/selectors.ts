import { meetsRequirement } from "../../fleet/labelRequirement";
import { at, list, mapping, text } from "./json";

/** Whether a label selector takes labels; an empty one takes all, and one with an operator that nobody knows none. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(mapping(at(selector, "matchLabels")));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return list(at(selector, "matchExpressions")).every((expression) => {
    const key = text(at(expression, "key")) ?? "";
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return meetsRequirement(value, at(expression, "operator"), list(at(expression, "values")));
  });
}
