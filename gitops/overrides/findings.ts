import { codes, type FindingCode } from "../../fleet/codes";
import { escapeUnseen } from "../../fleet/characters";
import type { Finding } from "../../fleet/finding";
import type { Fleet, Release, ResolvedSite, SourcePosition } from "../../fleet/model";
import { objectIdentity, overridesOf, type Override, type OverridePatch } from "../../fleet/overrides";
import { compareFindings } from "../../fleet/problem";
import type { OwnedObjects } from "../changes/keptObjects";
import { cutForSite } from "../cut";
import type { Additions } from "../render/additions";
import { renderRelease } from "../render/release";
import { sealedProblem } from "../sops/sealedProblem";
import { applied } from "./apply";
import { siteObjects, targetOf, type SiteObject } from "./siteObjects";

/** What is wrong with an override at one site. */
interface Fault {
  readonly code: FindingCode;
  readonly source: SourcePosition;
  readonly message: string;
  readonly site: string;
}

/**
 * What the fleet's overrides would do wrong, tried on the newest release: patches without a target or that do not fit
 * it, objects that are there already, secrets in clear. Each once, with the sites that have it.
 * @param recipients the age recipient of each site by name; sites without one can have no secrets in Git
 * @param kept what sites keep in their own repositories, by name, as far as that is known
 */
export function overrideFindings(
  fleet: Pick<Fleet, "sites" | "releases" | "overrides"> & Omit<Additions, "overrides">,
  recipients: ReadonlyMap<string, string>,
  kept: ReadonlyMap<string, OwnedObjects> = new Map(),
): readonly Finding[] {
  const release = fleet.releases.at(-1);
  if (release === undefined || fleet.overrides.length === 0) return [];
  const faults = sitesToTry(fleet, kept).flatMap(({ site, overrides }) => [
    ...keptFaults(site, overrides, kept.get(site.name)),
    ...secretFaults(site, overrides, recipients.get(site.name)),
    ...faultsAt(site, release, overrides, fleet),
  ]);
  const bySource = new Map<string, Fault[]>();
  for (const fault of faults) {
    const key = [fault.code, fault.source.file, fault.source.line, fault.message].join("\n");
    bySource.set(key, [...(bySource.get(key) ?? []), fault]);
  }
  return [...bySource.values()].map(toFinding).sort(compareFindings);
}

interface Tried {
  readonly site: ResolvedSite;
  readonly overrides: readonly Override[];
}

/** One site of those that are alike, for what is tried: same profile, same buffer, same overrides. */
function sitesToTry(
  { sites, overrides }: Pick<Fleet, "sites" | "overrides">,
  kept: ReadonlyMap<string, OwnedObjects>,
): readonly Tried[] {
  const alike = new Map<string, Tried>();
  for (const site of sites) {
    const mine = overridesOf(site, overrides);
    if (mine.length === 0) continue;
    // A test of a value, a secret's recipient and what the site keeps itself are about the one site.
    const unique =
      kept.has(site.name) ||
      mine.some((one) => hasTest(one) || one.objects.some(({ object }) => object.kind === "Secret"));
    const key = [site.profile, site.ingestion.buffer, ...mine.map(({ name }) => name), unique ? site.name : ""].join(
      "/",
    );
    if (!alike.has(key)) alike.set(key, { site, overrides: mine });
  }
  return [...alike.values()];
}

const hasTest = ({ patches }: Override): boolean =>
  patches.some(({ change }) => change.type === "json6902" && change.operations.some(({ op }) => op === "test"));

function faultsAt(site: ResolvedSite, release: Release, overrides: readonly Override[], additions: Additions): Fault[] {
  const bare = overrides.map((override): Override => ({ ...override, patches: [], objects: [] }));
  const own = siteObjects(
    cutForSite(renderRelease(release, [site], { ...additions, overrides: bare }), site.name),
    site.name,
  );
  const faults: Fault[] = [];
  const taken = new Set(own.map(({ object }) => objectIdentity(object)));
  const added = new Map<string, SiteObject>();
  for (const { objects } of overrides) {
    for (const { object, source } of objects) {
      const identity = objectIdentity(object);
      if (taken.has(identity)) {
        const message = `${object.kind}/${object.metadata.name} is part of the release`;
        faults.push({ code: "EDGE-OVER-004", source, message, site: site.name });
      }
      added.set(identity, { object, file: source.file, folder: "" });
    }
  }
  const now = [...own, ...added.values()];
  for (const { patches } of overrides) {
    for (const patch of patches) faults.push(...tryPatch(now, patch, site.name));
  }
  return faults;
}

/** Applies a patch in place, so that the next one meets what it made. */
function tryPatch(objects: SiteObject[], patch: OverridePatch, site: string): Fault[] {
  const { source, target } = patch;
  const fault = (message: string): Fault[] => [{ code: "EDGE-OVER-003", source, message, site }];
  const found = targetOf(objects, patch);
  if (found === undefined) return fault(`there is no ${target.kind}/${target.name}`);
  const result = applied(found.object, patch.change);
  if ("problem" in result) return fault(`${target.kind}/${target.name}: ${result.problem}`);
  const object = result.object as unknown as SiteObject["object"];
  if (objectIdentityOr(object) !== objectIdentity(found.object)) {
    return fault(`${target.kind}/${target.name}: a patch cannot make another object of it`);
  }
  objects[objects.indexOf(found)] = { ...found, object };
  return [];
}

function objectIdentityOr(object: Partial<SiteObject["object"]>): string | undefined {
  return object.metadata === undefined ? undefined : objectIdentity(object as SiteObject["object"]);
}

function secretFaults(site: ResolvedSite, overrides: readonly Override[], recipient: string | undefined): Fault[] {
  return overrides.flatMap(({ objects }) =>
    objects.flatMap(({ object, source }): Fault[] => {
      const problem = object.kind === "Secret" ? sealedProblem(object, recipient) : undefined;
      return problem === undefined
        ? []
        : [{ code: "EDGE-OVER-005", source, message: `Secret/${object.metadata.name} ${problem}`, site: site.name }];
    }),
  );
}

function keptFaults(site: ResolvedSite, overrides: readonly Override[], kept: OwnedObjects | undefined): Fault[] {
  return overrides.flatMap(({ objects }) =>
    objects.flatMap(({ object, source }): Fault[] => {
      const file = kept?.get(objectIdentity(object));
      if (file === undefined) return [];
      const message = `${object.kind}/${object.metadata.name} is in ${file} of site/${site.name} too`;
      return [{ code: "EDGE-OVER-006", source, message, site: site.name }];
    }),
  );
}

function toFinding(faults: readonly Fault[]): Finding {
  const [{ code, source, message, site }, ...others] = faults as [Fault, ...Fault[]];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const { severity, fix } = codes[code];
  const said = escapeUnseen(`${message} (at site ${site}${more})`);
  return { code, severity, file: escapeUnseen(source.file), line: source.line, path: "spec", message: said, hint: fix };
}
