import { remarkOf, weightOf, type PlacedVerdict } from "./result";

/** Advice that is one thing to do: of one rule, for one limit and one reason, wherever it shows. */
export interface AdviceKind {
  readonly rule: string;
  /** At least one. */
  readonly verdicts: readonly [PlacedVerdict, ...PlacedVerdict[]];
}

/** All advice, kind by kind, in the order of the first of each. */
export function adviceKinds(verdicts: readonly PlacedVerdict[]): readonly AdviceKind[] {
  return together(
    verdicts.filter((verdict) => weightOf(verdict) === "advice"),
    (verdict) => [verdict.rule, withoutSite(verdict, verdict.violation.limit), remarkOf(verdict) ?? ""],
  ).map((kind) => ({ rule: kind[0].rule, verdicts: kind }));
}

/** Verdicts that differ in nothing but their site. */
export function alike(verdicts: readonly PlacedVerdict[]): readonly (readonly [PlacedVerdict, ...PlacedVerdict[]])[] {
  return together(verdicts, (verdict) => [
    withoutSite(verdict, verdict.violation.message),
    weightOf(verdict),
    remarkOf(verdict) ?? "",
  ]);
}

/** Groups in the order of their firsts. */
export function together(
  verdicts: readonly PlacedVerdict[],
  keyOf: (verdict: PlacedVerdict) => readonly string[],
): readonly (readonly [PlacedVerdict, ...PlacedVerdict[]])[] {
  const groups = new Map<string, [PlacedVerdict, ...PlacedVerdict[]]>();
  for (const verdict of verdicts) {
    const key = JSON.stringify(keyOf(verdict));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [verdict]);
    else group.push(verdict);
  }
  return [...groups.values()];
}

/** A text without the site's own name in it. */
export function withoutSite({ site }: PlacedVerdict, text: string): string {
  return site === undefined ? text : text.replaceAll(site, "SITE");
}

/** `24 sites (a, b, c, d, e, f and 18 more)`, or the only one's name; undefined for what is about none. */
export function sitesOf(verdicts: readonly PlacedVerdict[]): string | undefined {
  const sites = [...new Set(verdicts.flatMap(({ site }) => site ?? []))];
  if (sites.length <= 1) return sites[0];
  return `${sites.length} sites (${fewOf(sites)})`;
}

/** Names that are told of many; the others are counted. */
const told = 6;

export function fewOf(names: readonly string[], most = told): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}
