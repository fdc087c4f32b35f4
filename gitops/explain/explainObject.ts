import { parse } from "yaml";
import { valueAt } from "../../fleet/explainSetting";
import type { Release, ResolvedSite, SourcePosition } from "../../fleet/model";
import { overridesOf, type Override, type OverridePatch } from "../../fleet/overrides";
import type { Path } from "../../fleet/problem";
import { helmMerged } from "../../policy/objects/helmMerge";
import { cutForSite } from "../cut";
import { applied, isPlain } from "../overrides/apply";
import { siteObjects, targetOf, type SiteObject } from "../overrides/siteObjects";
import type { Additions } from "../render/additions";
import { renderRelease } from "../render/release";
import { siteVariables } from "../render/objects";
import { valueLayers, valuesName } from "../render/service";

/** Who can say what a site's object holds, the weakest first. */
export type ObjectLayer =
  "base" | "profile" | "site" | "override for a profile" | "override for labels" | "override for a site";

/** What one layer makes of a value. */
export interface ObjectSaid {
  readonly layer: ObjectLayer;
  /** A file of the fleet's repository, or where in the fleet's files the override is. */
  readonly source: string | SourcePosition;
  /** After this layer; undefined if there is nothing then. */
  readonly value: unknown;
  /** Whether the layer speaks of this value at all. */
  readonly says: boolean;
}

const overrideNames = {
  profile: "override for a profile",
  labels: "override for labels",
  site: "override for a site",
} as const satisfies Record<Override["scope"]["layer"], ObjectLayer>;

/**
 * Who says what a field of one of a site's objects is, the weakest first.
 * @returns undefined if the site has no such object.
 */
export function explainObject(
  site: ResolvedSite,
  release: Release,
  additions: Additions,
  target: OverridePatch["target"],
  path: Path,
): readonly ObjectSaid[] | undefined {
  const overrides = overridesOf(site, additions.overrides ?? []);
  const objects = objectsWithout(site, release, additions, overrides);
  const found = targetOf(objects, { target });
  const variables = variablesOf(objects);
  const own: ObjectSaid[] = [];
  if (found !== undefined) {
    const value = substituted(valueAt(found.object, path), variables);
    own.push({ layer: layerOf(found.file), source: found.file, value, says: value !== undefined });
  }
  const said = [...own, ...saidByOverrides(found?.object, overrides, target, path)];
  return said.length === 0 ? undefined : said;
}

/** Who says what a Helm value of one of a site's services is, the weakest first; undefined if it has no such service. */
export function explainValue(
  site: ResolvedSite,
  release: Release,
  additions: Additions,
  service: string,
  path: Path,
): readonly ObjectSaid[] | undefined {
  const overrides = overridesOf(site, additions.overrides ?? []);
  const objects = objectsWithout(site, release, additions, overrides);
  const target = { kind: "HelmRelease", name: service };
  const helmRelease = targetOf(objects, { target });
  if (helmRelease === undefined) return undefined;
  let values: unknown = {};
  const said: ObjectSaid[] = [];
  for (const layer of valueLayers) {
    const map = targetOf(objects, { target: { kind: "ConfigMap", name: valuesName(service, layer) } });
    if (map === undefined) continue;
    const text = (map.object["data"] as Record<string, string> | undefined)?.["values.yaml"] ?? "";
    const written = (parse(text) ?? {}) as Record<string, unknown>;
    values = helmMerged(values as Record<string, unknown>, written);
    said.push({ layer, source: map.file, value: valueAt(values, path), says: speaks(written, path) });
  }
  // What a HelmRelease has in spec.values wins over all that it takes from ConfigMaps.
  const inline = saidByOverrides(helmRelease.object, overrides, target, ["spec", "values", ...path]);
  const below = valueAt(values, path);
  return [...said, ...inline.map((one) => ({ ...one, value: one.says ? helmValue(below, one.value) : below }))];
}

/** The objects before any override has changed them, what overrides add included. */
function objectsWithout(
  site: ResolvedSite,
  release: Release,
  additions: Additions,
  overrides: readonly Override[],
): readonly SiteObject[] {
  const unpatched = overrides.map((override): Override => ({ ...override, patches: [], objects: [] }));
  const own = siteObjects(
    cutForSite(renderRelease(release, [site], { ...additions, overrides: unpatched }), site.name),
    site.name,
  );
  const added = overrides.flatMap(({ objects }) =>
    objects.map(({ object, source }): SiteObject => ({ object, file: `${source.file}:${source.line}`, folder: "" })),
  );
  return [...own, ...added];
}

function saidByOverrides(
  from: object | undefined,
  overrides: readonly Override[],
  target: OverridePatch["target"],
  path: Path,
): ObjectSaid[] {
  let object = from as Record<string, unknown> | undefined;
  return overrides.flatMap(({ scope, patches }) =>
    patches.flatMap((patch): ObjectSaid[] => {
      const { kind, name } = patch.target;
      if (kind !== target.kind || name !== target.name || object === undefined) return [];
      const result = applied(object, patch.change);
      if ("problem" in result) return [];
      const before = valueAt(object, path);
      object = result.object;
      const value = valueAt(object, path);
      const says = changeSpeaks(patch.change, path) || JSON.stringify(before) !== JSON.stringify(value);
      return [{ layer: overrideNames[scope.layer], source: patch.source, value, says }];
    }),
  );
}

function changeSpeaks(change: OverridePatch["change"], path: Path): boolean {
  if (change.type === "merge") return speaks(change.merge, path);
  const pointer = `/${path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
  return change.operations.some((operation) => operation.op !== "test" && operation.path === pointer);
}

/** Whether a document says something of a path: it has the value, or has something else than a mapping on the way. */
function speaks(document: unknown, path: Path): boolean {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return true;
    if (!Object.hasOwn(value, step)) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value !== undefined;
}

/** One value under another, as Helm has it. */
const helmValue = (below: unknown, above: unknown): unknown =>
  isPlain(below) && isPlain(above) ? helmMerged(below, above) : above;

function layerOf(file: string): ObjectLayer {
  if (file.startsWith("applications/base/profiles/")) return "profile";
  return file.startsWith("applications/base/") ? "base" : "site";
}

function variablesOf(objects: readonly SiteObject[]): Readonly<Record<string, string>> {
  const map = targetOf(objects, { target: { kind: "ConfigMap", name: siteVariables } });
  return (map?.object["data"] ?? {}) as Record<string, string>;
}

/** As Flux fills in what the base leaves open. */
function substituted(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{(\w+)\}/g, (whole, name: string) => variables[name] ?? whole);
  }
  if (Array.isArray(value)) return value.map((item) => substituted(item, variables));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item, variables)]));
}
