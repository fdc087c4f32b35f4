import { nearest } from "./nearest";

/** What `{name}` stands for in the texts of a gate. */
export const placeholders = {
  site: "the site's name",
  domain: "the site's domain",
  fleet: "the fleet's name",
  fleetDomain: "the fleet's domain",
  region: "the site's region",
  profile: "the site's profile",
  architecture: "the site's architecture",
  apiVip: "the virtual address of the site's API server",
  bastion: "the host name of the site's bastion",
  release: "the release's name",
  commit: "the full id of the promoted commit",
} as const;

export type Placeholder = keyof typeof placeholders;

// What a query or a template has in braces is rarely one word; `{job="x"}`, `{{ .x }}` and `a{2}` are left alone.
const form = /\{([A-Za-z]\w*)\}/g;

/** The placeholders of a text, each once. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(form)].map((match) => match[1] as string))];
}

/** What is wrong with the placeholders of a text; undefined if nothing is. */
export function placeholderProblem(text: string): string | undefined {
  const unknown = placeholdersIn(text).find((name) => !Object.hasOwn(placeholders, name));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, Object.keys(placeholders));
  const hint = meant === undefined ? `known are ${Object.keys(placeholders).join(", ")}` : `did you mean {${meant}}?`;
  return `has the unknown placeholder {${unknown}} (${hint})`;
}

/** A placeholder has no value for the site at hand. */
export class NoValue extends Error {
  override readonly name = "NoValue";
  constructor(readonly placeholder: string) {
    super(`{${placeholder}} has no value here`);
  }
}

/** @throws NoValue for a placeholder without a value. */
export function fillIn(text: string, values: Readonly<Partial<Record<Placeholder, string>>>): string {
  return text.replace(form, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name as Placeholder] : undefined;
    if (value === undefined) throw new NoValue(name);
    return value;
  });
}
