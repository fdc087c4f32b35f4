import type { ResolvedSite } from "../fleet/model";
import { byName, groupBy } from "./order";
import { hardwareClass } from "./plan";

/**
 * Takes `count` sites from `candidates` so that they represent them: every region gets a site before any region gets
 * a second one, further sites go by the regions' sizes (Adams' method of apportionment), and within a region the
 * hardware class that has the fewest sites so far comes next. Ties go by size, then by name, so the result depends on
 * the set of candidates alone and not on its order.
 * @returns the taken sites in that order; all of them if there are fewer than `count`.
 */
export function spread(candidates: readonly ResolvedSite[], count: number): ResolvedSite[] {
  const regions = regionsOf(candidates);
  const taken: ResolvedSite[] = [];
  const perClass = new Map<string, number>();
  while (taken.length < count) {
    const region = nextRegion(regions);
    if (region === undefined) break;
    const site = takeFrom(region, perClass);
    const key = hardwareClass(site);
    perClass.set(key, (perClass.get(key) ?? 0) + 1);
    taken.push(site);
  }
  return taken;
}

interface Region {
  readonly name: string;
  readonly size: number;
  readonly classes: readonly HardwareClass[];
  taken: number;
}

interface HardwareClass {
  readonly name: string;
  readonly sites: readonly ResolvedSite[];
  taken: number;
}

function regionsOf(candidates: readonly ResolvedSite[]): Region[] {
  return [...groupBy(candidates, (site) => site.region)]
    .map(([name, sites]) => ({ name, size: sites.length, classes: classesOf(sites), taken: 0 }))
    .sort((a, b) => b.size - a.size || byName(a, b));
}

function classesOf(sites: readonly ResolvedSite[]): HardwareClass[] {
  return [...groupBy(sites, hardwareClass)]
    .map(([name, members]) => ({ name, sites: members.toSorted(byName), taken: 0 }))
    .sort((a, b) => b.sites.length - a.sites.length || byName(a, b));
}

/** The region with the highest quotient of size by sites taken; a region without any site yet is infinitely entitled. */
function nextRegion(regions: readonly Region[]): Region | undefined {
  let best: Region | undefined;
  for (const region of regions) {
    if (region.taken === region.size) continue;
    if (best === undefined || entitlement(region) > entitlement(best)) best = region;
  }
  return best;
}

function entitlement(region: Region): number {
  return region.taken === 0 ? Infinity : region.size / region.taken;
}

function takeFrom(region: Region, perClass: ReadonlyMap<string, number>): ResolvedSite {
  let best: HardwareClass | undefined;
  for (const hardware of region.classes) {
    if (hardware.taken === hardware.sites.length) continue;
    if (best === undefined || (perClass.get(hardware.name) ?? 0) < (perClass.get(best.name) ?? 0)) best = hardware;
  }
  const site = best?.sites[best.taken];
  if (best === undefined || site === undefined) throw new Error(`region ${region.name} has no site left to take`);
  best.taken += 1;
  region.taken += 1;
  return site;
}
