import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { findInFleet, judge, type Found, type Verdict } from "../policy/judging/judge";
import { rules } from "../policy/rules";
import type { CachedSite } from "./cache";
import type { SiteAnswer, SiteRequest } from "./messages";
import { siteKey } from "./siteKey";

/** A site that could not be built, and why. */
export interface BuildFailure {
  readonly site: string;
  readonly message: string;
}

export interface FleetCheck {
  /** By rule, site and resource. */
  readonly verdicts: readonly Verdict[];
  readonly failures: readonly BuildFailure[];
  /** How many sites were built now; the others are as they were. */
  readonly built: number;
  /** For the next check. */
  readonly cache: ReadonlyMap<string, CachedSite>;
}

export interface CheckInputs {
  readonly fleet: Fleet;
  readonly releaseOf: (site: ResolvedSite) => Release | undefined;
  /** ISO date. */
  readonly today: string;
  readonly programDigest: string;
  readonly manifests: ReadonlyMap<string, string>;
  readonly cached: ReadonlyMap<string, CachedSite>;
  /** See `SiteKeyInputs`. */
  readonly checkpointOf: (site: string) => string | undefined;
  /** Builds and judges sites, in any order. */
  readonly build: (requests: readonly SiteRequest[], onAnswer: (answer: SiteAnswer) => void) => Promise<void>;
}

/** Holds a fleet to the rules. Only sites whose inputs are not those of the cache are built. */
export async function checkFleet(inputs: CheckInputs): Promise<FleetCheck> {
  const { fleet, releaseOf, today, programDigest, manifests, cached, checkpointOf } = inputs;
  const keys = new Map<string, string>();
  const requests: SiteRequest[] = [];
  const cache = new Map<string, CachedSite>();
  for (const site of fleet.sites) {
    const release = releaseOf(site);
    if (release === undefined) continue;
    const key = siteKey({ site, release, fleet, programDigest, manifests, checkpoint: checkpointOf(site.name) });
    keys.set(site.name, key);
    const known = cached.get(site.name);
    if (known?.key === key) cache.set(site.name, known);
    else requests.push({ site, release: release.name });
  }
  const failures: BuildFailure[] = [];
  await inputs.build(requests, ({ site, found, failure }) => {
    if (failure === undefined) cache.set(site, { key: keys.get(site) ?? "", found });
    else failures.push({ site, message: failure });
  });
  const found: Found[] = [...findInFleet(rules, { fleet, releaseOf }, today)];
  for (const { name } of fleet.sites) found.push(...(cache.get(name)?.found ?? []));
  const sites = new Map(fleet.sites.map((site) => [site.name, site]));
  const verdicts = judge(rules, found, { policy: fleet.policy, today, siteNamed: (name) => sites.get(name) });
  return { verdicts: inOrder(verdicts), failures: failures.sort(bySite), built: requests.length, cache };
}

function inOrder(verdicts: readonly Verdict[]): readonly Verdict[] {
  const order = new Map(rules.map(({ name }, index) => [name, index]));
  const place = ({ rule }: Verdict) => order.get(rule) ?? rules.length;
  return [...verdicts].sort(
    (a, b) =>
      place(a) - place(b) || compare(a.site ?? "", b.site ?? "") || compare(a.violation.message, b.violation.message),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const bySite = (a: BuildFailure, b: BuildFailure): number => compare(a.site, b.site);
