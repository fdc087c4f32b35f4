import { windowsOf } from "../decide/windows";
import type { RolloutState, WaveState } from "../state";

/** How the maintenance windows of a wave's sites stand at a moment. */
export interface WaveOpening {
  readonly sites: number;
  /** Sites that may not be started at that moment. */
  readonly closed: number;
  /** When the first of them opens, in milliseconds since the epoch; undefined if none does within 400 days. */
  readonly opensAt: number | undefined;
  /** Of the closed ones, those that do not open within 400 days. */
  readonly never: number;
}

/** @param now milliseconds since the epoch. */
export function openingOf({ plan, sites }: RolloutState, wave: WaveState, now: number): WaveOpening {
  const windows = windowsOf(plan);
  let [closed, never] = [0, 0];
  let opensAt: number | undefined;
  for (const name of wave.plan.sites) {
    const { timeZone, maintenance } = sites.get(name)?.frozen ?? {};
    const own = maintenance === undefined ? [] : [maintenance];
    const opening = windows.openAt([plan.maintenance, wave.plan.maintenance, ...own], timeZone ?? "UTC", now);
    if (opening.open) continue;
    closed += 1;
    if (opening.opensAt === undefined) never += 1;
    else opensAt = Math.min(opensAt ?? Infinity, opening.opensAt);
  }
  return { sites: wave.plan.sites.length, closed, opensAt, never };
}
