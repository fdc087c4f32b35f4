import { nearest } from "./nearest";
import type { Problem } from "./problem";
import { quote } from "./quote";
import { apiVersion, kinds, type Kind } from "./schema";
import type { SourceDocument } from "./source/document";

export interface Classified {
  /** The kind to check the document by; undefined if it is none that belongs here. */
  readonly kind: Kind | undefined;
  readonly problems: readonly Problem[];
}

/** Which kind a document is, and whether it may be in its file. */
export function classify(document: SourceDocument): Classified {
  const { source, value } = document;
  const refuse = (code: Problem["code"], key: string, message: string, hint?: string): Problem => ({
    code,
    source,
    path: key === "" ? [] : [key],
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const what = Array.isArray(value) ? "a list" : quote(value);
    return {
      kind: undefined,
      problems: [refuse("EDGE-VALUE-001", "", `the document must be a mapping, and is ${what}`)],
    };
  }
  const written = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const problems: Problem[] = [];
  if (written.apiVersion !== apiVersion) {
    problems.push(refuse("EDGE-DOC-001", "apiVersion", `apiVersion is ${quote(written.apiVersion)}`));
  }
  if (written.kind === "Profile") {
    problems.push(refuse("EDGE-DOC-004", "kind", "a profile cannot be overridden in this version"));
    return { kind: undefined, problems };
  }
  const kind = kinds.find((known) => known === written.kind);
  if (kind === undefined) {
    const meant = typeof written.kind === "string" ? nearest(written.kind, kinds) : undefined;
    const hint = meant === undefined ? undefined : `Did you mean ${meant}?`;
    problems.push(refuse("EDGE-DOC-002", "kind", `kind is ${quote(written.kind)}`, hint));
    return { kind: undefined, problems };
  }
  const expected = kindOfFile(source.file);
  if (kind !== expected) {
    problems.push(
      refuse("EDGE-DOC-003", "kind", `a ${kind} does not belong into ${source.file}`, `Move it into ${placeOf[kind]}.`),
    );
    return { kind: undefined, problems };
  }
  return { kind, problems };
}

const placeOf: Readonly<Record<Kind, string>> = {
  Fleet: "fleet.yaml",
  Site: "a file in sites",
  Release: "a file in releases",
  Rollout: "a file in rollouts",
  Policy: "policy.yaml",
};

function kindOfFile(file: string): Kind {
  if (file.startsWith("sites/")) return "Site";
  if (file.startsWith("releases/")) return "Release";
  if (file.startsWith("rollouts/")) return "Rollout";
  return file === "policy.yaml" ? "Policy" : "Fleet";
}
