import { gateNameProblems, gateSiteProblems, waveGateProblems } from "../gateProblems";
import type { ResolvedSite, Rollout, WaveRule } from "../model";
import type { Problem } from "../problem";
import { quote } from "../quote";
import { labelOf, matches } from "../select";
import { calendarProblems } from "./calendars";
import type { Check } from "./check";

/** What a rollout asks beside its selection: gates, windows, failure domains, and the names of waves that grow or group. */
export const checkRolloutRules: Check = ({ rollouts, sites, sitesComplete, hub }) =>
  rollouts.flatMap((rollout) => {
    const selected = sites.filter((site) => matches(rollout.selector, site));
    return [
      ...calendarsOf(rollout),
      ...gateNames(rollout),
      ...(hub === undefined ? [] : gateSites(rollout, selected, hub)),
      ...(sitesComplete ? [...domainProblems(rollout, selected), ...derivedNames(rollout, selected)] : []),
    ];
  });

function calendarsOf({ maintenance, waves, source }: Rollout): Problem[] {
  return [
    ...calendarProblems(maintenance, source, ["spec", "maintenance"]),
    ...waves.flatMap((wave, index) =>
      calendarProblems(wave.maintenance, source, ["spec", "waves", index, "maintenance"]),
    ),
  ];
}

/** The gates of a wave follow the rollout's: both lists together have each name once. */
function gateNames({ gates, waveGates, waves, source }: Rollout): Problem[] {
  return (["gates", "waveGates"] as const).flatMap((key) => {
    const own = key === "gates" ? gates : waveGates;
    const ofRollout = new Set(own.map(({ name }) => name));
    return [
      ...gateNameProblems(own, source, ["spec", key]),
      ...waves.flatMap((wave, index) => {
        const path = ["spec", "waves", index, key];
        const repeated = wave[key].flatMap(({ name }, place): Problem[] => {
          if (!ofRollout.has(name)) return [];
          const message = `gate ${quote(name)} is one of the rollout's own already`;
          return [{ code: "EDGE-NAME-002", source, path: [...path, place, "name"], message }];
        });
        return [...gateNameProblems(wave[key], source, path), ...repeated];
      }),
    ];
  });
}

function gateSites(
  { gates, waveGates, waves, source }: Rollout,
  selected: readonly ResolvedSite[],
  hub: Parameters<typeof gateSiteProblems>[2],
): Problem[] {
  return [
    ...gateSiteProblems(gates, selected, hub, source, ["spec", "gates"]),
    ...waveGateProblems(waveGates, hub, source, ["spec", "waveGates"]),
    ...waves.flatMap((wave, index) => {
      const ofWave = selected.filter((site) => matches(wave.selector, site));
      return [
        ...gateSiteProblems(wave.gates, ofWave, hub, source, ["spec", "waves", index, "gates"]),
        ...waveGateProblems(wave.waveGates, hub, source, ["spec", "waves", index, "waveGates"]),
      ];
    }),
  ];
}

function domainProblems({ failureDomain, source }: Rollout, selected: readonly ResolvedSite[]): Problem[] {
  if (failureDomain === undefined || selected.length === 0) return [];
  const { label } = failureDomain;
  const without = selected.filter((site) => labelOf(site, label) === undefined);
  if (without.length === 0) return [];
  const message =
    without.length === selected.length
      ? `no selected site has the label ${quote(label)}, so the limits hold nobody`
      : `${without.length} of ${selected.length} selected sites lack the label ${quote(label)} and have no such limits`;
  return [{ code: "EDGE-ROLL-008", source, path: ["spec", "failureDomain", "label"], message }];
}

/** `exponential` and `groupBy` name their waves themselves; the ledger tells waves apart by name. */
function derivedNames({ waves, source }: Rollout, selected: readonly ResolvedSite[]): Problem[] {
  const seen = new Map<string, number>();
  return waves.flatMap((wave, index): Problem[] => {
    const taken = namesOf(wave, selected).filter((name) => (seen.get(name) ?? index) !== index);
    for (const name of namesOf(wave, selected)) seen.set(name, seen.get(name) ?? index);
    // Two rules of one name are a finding of their own.
    if (taken.length === 0 || waves.some((other, at) => at < index && other.name === wave.name)) return [];
    const message = `its waves would be named ${taken.map(quote).join(", ")}, as those of an earlier one`;
    return [{ code: "EDGE-ROLL-009", source, path: ["spec", "waves", index, "name"], message }];
  });
}

function namesOf({ name, size, selector }: WaveRule, selected: readonly ResolvedSite[]): string[] {
  if (size === "rest" || "count" in size || "percent" in size) return [name];
  // As many as there could be: sizes are at least one site.
  if ("start" in size) return selected.map((_, index) => `${name}-${index + 1}`);
  const values = selected.filter((site) => matches(selector, site)).map((site) => labelOf(site, size.groupBy));
  return [...new Set(values)]
    .filter((value) => value !== undefined)
    .map((value) => (value === "" ? name : `${name}-${value}`));
}
