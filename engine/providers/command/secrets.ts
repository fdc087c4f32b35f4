import { isList, isMap, withoutSecrets } from "../../property/shape";
import { OutputValue, Secret } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";

/** Shorter secrets would hide ordinary text: a secret `1` must not blank every digit of a log. */
const shortest = 4;

/** The secret strings among the inputs, longest first, so that one inside another is hidden whole. */
export function secretTexts(inputs: PropertyMap): readonly string[] {
  const found = new Set<string>();
  for (const value of Object.values(inputs)) collect(value, false, found);
  return [...found].filter((text) => text.length >= shortest).sort((left, right) => right.length - left.length);
}

/** The text with every given secret replaced by `[secret]`. */
export function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, "[secret]"), text);
}

function collect(value: PropertyValue, secret: boolean, found: Set<string>): void {
  if (value instanceof Secret) collect(value.element, true, found);
  else if (value instanceof OutputValue) collect(value.element, secret || value.secret, found);
  else if (isList(value)) for (const part of value) collect(part, secret, found);
  else if (isMap(value)) for (const part of Object.values(value)) collect(part, secret, found);
  else if (secret && typeof withoutSecrets(value) === "string") {
    const text = String(value);
    found.add(text);
    // A secret of many lines is logged line by line.
    for (const line of text.split("\n")) found.add(line.trim());
  }
}
