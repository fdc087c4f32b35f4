import { escapeUnseen } from "../fleet/characters";
import { fieldText, type Step } from "./objects/json";
import { titleOf, type Resource } from "./resource";
import type { Origin, Violation } from "./rule";

interface What {
  readonly field: string | readonly Step[];
  /** As it is shown: quote it with `shown`, and never give a secret. */
  readonly value: string;
  /** Reads after "; ": what would be allowed. */
  readonly limit: string;
  readonly from?: Origin | undefined;
  readonly advisory?: string | undefined;
}

/** A violation by a resource. */
export function violation(resource: Resource, what: What): Violation {
  return { ...violationOf(titleOf(resource), what), urn: resource.urn };
}

/** A violation by something that is no resource, such as `Site porto`. What it quotes comes from anywhere. */
export function violationOf(
  about: string,
  { field: written, value: offending, limit: allowed, from, advisory }: What,
): Violation {
  const [resource, value, limit] = [about, offending, allowed].map(escapeUnseen) as [string, string, string];
  const field = escapeUnseen(typeof written === "string" ? written : fieldText(written));
  const message = `${resource}: ${field} is ${value}; ${limit}`;
  return { resource, field, value, limit, message, from, advisory };
}

/** Origins, by path of the site's, release's or fleet's file. */
export const fromSite = (...path: Origin["path"]): Origin => ({ document: "site", path: ["spec", ...path] });
export const fromRelease = (...path: Origin["path"]): Origin => ({ document: "release", path: ["spec", ...path] });
export const fromFleet = (...path: Origin["path"]): Origin => ({ document: "fleet", path: ["spec", ...path] });
