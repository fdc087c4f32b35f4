import type { Rollout, Selector } from "../model";
import { nearest } from "../nearest";
import type { Path, Problem } from "../problem";
import { listOf, quote } from "../quote";
import { matches } from "../select";
import type { Check, CheckContext } from "./check";

/** Rollouts name a release that exists and sites that exist, and say whom they leave out. */
export const checkRollouts: Check = (context) =>
  context.rollouts.flatMap((rollout) => [
    ...releaseProblems(rollout, context),
    ...selectorsOf(rollout).flatMap(([selector, path]) => nameProblems(rollout, selector, path, context)),
    ...selectionProblems(rollout, context),
  ]);

function selectorsOf(rollout: Rollout): readonly (readonly [Selector, Path])[] {
  return [
    [rollout.selector, ["spec", "selector"]],
    ...rollout.waves.map((wave, index) => [wave.selector, ["spec", "waves", index, "selector"]] as const),
  ];
}

function releaseProblems(rollout: Rollout, { named, unread }: CheckContext): Problem[] {
  const names = named.filter((document) => document.kind === "Release").map((document) => document.name);
  if (names.includes(rollout.release) || unread.has(`releases/${rollout.release}`)) return [];
  const meant = nearest(rollout.release, names);
  return [
    {
      code: "EDGE-ROLL-001",
      source: rollout.source,
      path: ["spec", "release"],
      message: `there is no release ${quote(rollout.release)}`,
      hint: meant === undefined ? `The fleet has ${listOf(names) || "none"}.` : `Did you mean ${meant}?`,
    },
  ];
}

function nameProblems(rollout: Rollout, selector: Selector, path: Path, { named, unread }: CheckContext): Problem[] {
  if (selector.names.length === 0) return [];
  const names = new Set(named.filter((document) => document.kind === "Site").map((document) => document.name));
  return selector.names.flatMap((name, index): Problem[] => {
    if (names.has(name) || unread.has(`sites/${name}`)) return [];
    const meant = nearest(name, names);
    return [
      {
        code: "EDGE-ROLL-002",
        source: rollout.source,
        path: [...path, "names", index],
        message: `there is no site ${quote(name)}`,
        ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }),
      },
    ];
  });
}

function selectionProblems(rollout: Rollout, { sites, sitesComplete }: CheckContext): Problem[] {
  if (!sitesComplete) return [];
  const selected = sites.filter((site) => matches(rollout.selector, site));
  const others = sites.filter((site) => !matches(rollout.selector, site)).map((site) => site.name);
  const at = { source: rollout.source, path: ["spec", "selector"] };
  if (selected.length === 0) {
    return [{ code: "EDGE-ROLL-003", ...at, message: `the selector matches none of ${sites.length} sites` }];
  }
  const problems: Problem[] = [];
  if (others.length > 0) {
    problems.push({
      code: "EDGE-ROLL-004",
      ...at,
      message: `${others.length} of ${sites.length} sites are not selected: ${listOf(others.sort())}`,
    });
  }
  rollout.waves.forEach((wave, index) => {
    if (selected.some((site) => matches(wave.selector, site))) return;
    problems.push({
      code: "EDGE-ROLL-003",
      source: rollout.source,
      path: ["spec", "waves", index, "selector"],
      message: `wave ${quote(wave.name)} matches none of the ${selected.length} selected sites`,
    });
  });
  return problems;
}
