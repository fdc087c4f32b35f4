import type { SourcePosition } from "./model";
import type { AddedObject, Override, OverrideScope } from "./overrides";
import type { OverrideDocument } from "./schema";
import type { SourceDocument } from "./source/document";

/** An override as written, with the line of each of its parts. */
export function resolveOverride({ metadata, spec }: OverrideDocument, document: SourceDocument): Override {
  const { source } = document;
  const at = (key: "patches" | "objects", index: number): SourcePosition => ({
    file: source.file,
    line: document.lineOf(["spec", key, index]),
  });
  return {
    name: metadata.name,
    scope: scopeOf(spec.for),
    patches: (spec.patches ?? []).map(({ target, merge, json6902 }, index) => ({
      target,
      change:
        merge === undefined
          ? { type: "json6902" as const, operations: json6902 ?? [] }
          : { type: "merge" as const, merge },
      source: at("patches", index),
    })),
    objects: (spec.objects ?? []).map((object, index): AddedObject => ({
      object: object as AddedObject["object"],
      source: at("objects", index),
    })),
    source,
  };
}

function scopeOf({ profile, matchLabels, site }: OverrideDocument["spec"]["for"]): OverrideScope {
  if (profile !== undefined) return { layer: "profile", profile };
  if (site !== undefined) return { layer: "site", site };
  return { layer: "labels", matchLabels: matchLabels ?? {} };
}
