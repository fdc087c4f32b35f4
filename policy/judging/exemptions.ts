import type { Exemption } from "../../fleet/policy";
import type { Violation } from "../rule";

/** What a violation is about, for exemptions. */
export interface Subject {
  readonly rule: string;
  /** Name of the site; undefined for what is about none. */
  readonly site: string | undefined;
  readonly violation: Pick<Violation, "resource">;
}

/** Whether an exemption still holds on a day: its last day counts. ISO dates compare as texts do. */
export function holds({ until }: Pick<Exemption, "until">, today: string): boolean {
  return today <= until;
}

/** Whether an exemption is meant for a violation, whether or not it still holds. */
export function isFor(exemption: Exemption, { rule, site, violation }: Subject): boolean {
  if (exemption.rule !== rule) return false;
  if (exemption.sites.length > 0 && (site === undefined || !exemption.sites.includes(site))) return false;
  return (
    exemption.resources.length === 0 || exemption.resources.some((pattern) => matches(pattern, violation.resource))
  );
}

export interface Exempted {
  /** The exemption that lets the violation be. */
  readonly exemption: Exemption | undefined;
  /** One that would have, and is over. */
  readonly ended: Exemption | undefined;
}

export function exemptionFor(exemptions: readonly Exemption[], subject: Subject, today: string): Exempted {
  const meant = exemptions.filter((exemption) => isFor(exemption, subject));
  const exemption = meant.find((one) => holds(one, today));
  return { exemption, ended: exemption === undefined ? meant[0] : undefined };
}

/** `*` stands for any characters; matched by hand, because a pattern with many of them would stall a regular expression. */
function matches(pattern: string, title: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  if (parts.length === 1) return pattern === title;
  const last = parts.at(-1) ?? "";
  if (!title.startsWith(first) || !title.endsWith(last) || title.length < first.length + last.length) return false;
  let from = first.length;
  const end = title.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = title.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
