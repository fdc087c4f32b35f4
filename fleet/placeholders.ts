import { nearest } from "./nearest";

/** Who answers a gate: each site, or a wave as a whole. */
export type GateScope = "site" | "wave";

/** What `{name}` stands for in the texts of a gate of a site. */
const ofSite = {
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

/** What it stands for in the texts of a gate of a wave. */
const ofWave = {
  fleet: "the fleet's name",
  fleetDomain: "the fleet's domain",
  rollout: "the rollout's name",
  wave: "the wave's name",
  release: "the release's name",
  sites: "the wave's sites that are at the release, with | between them, for a regular expression",
} as const;

const placeholders: Readonly<Record<GateScope, Readonly<Record<string, string>>>> = { site: ofSite, wave: ofWave };

export type Placeholder = keyof typeof ofSite;
export type WavePlaceholder = keyof typeof ofWave;

// What a query or a template has in braces is rarely one word; `{job="x"}`, `{{ .x }}` and `a{2}` are left alone.
const form = /\{([A-Za-z]\w*)\}/g;

/** The placeholders of a text, each once. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(form)].map((match) => match[1] as string))];
}

/** What is wrong with the placeholders of a text; undefined if nothing is. */
export function placeholderProblem(text: string, scope: GateScope = "site"): string | undefined {
  const known = placeholders[scope];
  const unknown = placeholdersIn(text).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return undefined;
  if (scope === "wave" && Object.hasOwn(ofSite, unknown)) {
    return `has the placeholder {${unknown}}, which each site has its own of; a wave has {${Object.keys(known).join("}, {")}}`;
  }
  const meant = nearest(unknown, Object.keys(known));
  const hint = meant === undefined ? `known are ${Object.keys(known).join(", ")}` : `did you mean {${meant}}?`;
  return `has the unknown placeholder {${unknown}} (${hint})`;
}

/** By placeholder; those of one scope. */
export type PlaceholderValues = Readonly<Partial<Record<Placeholder | WavePlaceholder, string>>>;

/** A placeholder has no value for the site at hand. */
export class NoValue extends Error {
  override readonly name = "NoValue";
  constructor(readonly placeholder: string) {
    super(`{${placeholder}} has no value here`);
  }
}

/** @throws NoValue for a placeholder without a value. */
export function fillIn(text: string, values: PlaceholderValues): string {
  return text.replace(form, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name as keyof PlaceholderValues] : undefined;
    if (value === undefined) throw new NoValue(name);
    return value;
  });
}
