import type { Fleet, SourcePosition } from "../fleet/model";
import type { Positions } from "../fleet/positions";
import type { Path } from "../fleet/problem";
import type { Verdict } from "../policy/judging/judge";
import { ruleNamed } from "../policy/rules";

/** Shorter texts are found in everything, and would lead astray. */
const shortest = 4;

/**
 * Where in the fleet's files the value comes from that a verdict is about: what the rule names, else the scalar that the
 * offending value holds, else what decides the most.
 * @param releaseName of the release that the site is to have.
 */
export function placeOf(
  { rule, site: siteName, violation }: Verdict,
  fleet: Fleet,
  positions: Positions,
  releaseName: string | undefined,
): SourcePosition {
  const { from } = violation;
  const named = from?.name;
  const site = fleet.sites.find(
    ({ name }) => name === (from?.document === "site" && named !== undefined ? named : siteName),
  );
  const release = fleet.releases.find(
    ({ name }) => name === (from?.document === "release" && named !== undefined ? named : releaseName),
  );
  const rollout = fleet.rollouts.find(({ name }) => name === named);
  const fleetSource = positions.first("fleet.yaml") ?? { file: "fleet.yaml", line: 1 };
  const at = (source: SourcePosition | undefined, path: Path) => source && positions.at(source, path);

  const told = () => {
    switch (from?.document) {
      case "site":
        return site && ofSite(site.source, from.path, fleetSource, positions);
      case "release":
        return at(release?.source, from.path);
      case "rollout":
        return at(rollout?.source, from.path);
      case "policy":
        return at(fleet.policy?.source, from.path);
      case "fleet":
        return at(fleetSource, from.path);
      default:
        return undefined;
    }
  };
  const traced = () => trace(violation.value, [site?.source, fleetSource, release?.source], positions);
  const area = ruleNamed(rule)?.area;
  const usual = () =>
    area === "images" || area === "supply"
      ? at(release?.source, ["spec", "components"])
      : at(site?.source, ["spec", "profile"]);
  return told() ?? traced() ?? usual() ?? site?.source ?? fleetSource;
}

/** A site's own word, else the fleet's default for it, else the nearest that the site says. */
function ofSite(
  source: SourcePosition,
  path: Path,
  fleet: SourcePosition,
  positions: Positions,
): SourcePosition | undefined {
  const inDefaults = ["spec", "defaults", ...path.slice(1)];
  return positions.exactly(source, path) ?? positions.exactly(fleet, inDefaults) ?? positions.at(source, path);
}

/** The longest scalar of the files that stands in a value. */
function trace(
  value: string,
  sources: readonly (SourcePosition | undefined)[],
  positions: Positions,
): SourcePosition | undefined {
  let best: { readonly source: SourcePosition; readonly path: Path; readonly length: number } | undefined;
  for (const source of sources) {
    if (source === undefined) continue;
    for (const [path, scalar] of positions.scalars(source)) {
      if (scalar.length < shortest || scalar.length <= (best?.length ?? 0) || path[0] !== "spec") continue;
      if (value.includes(scalar)) best = { source, path, length: scalar.length };
    }
  }
  return best && positions.at(best.source, best.path);
}
