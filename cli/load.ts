import path from "node:path";
import type { Finding } from "../fleet/finding";
import type { Fleet, Release, ResolvedSite, Rollout } from "../fleet/model";
import { exitCode } from "./exitCodes";
import type { OutputOptions } from "./options";
import { readFleetChecked } from "./readFleetChecked";
import { plural } from "./printing/findings";
import type { Io } from "./io";
import { UserError } from "./userError";

/** A fleet without errors, and where it was read. */
export interface LoadedFleet {
  readonly fleet: Fleet;
  readonly folder: string;
  readonly warnings: readonly Finding[];
}

/** The fleet's files hold errors; nothing was touched. */
export class FleetHasFindings extends Error {
  override readonly name = "FleetHasFindings";
  readonly exit = exitCode.wrongInput;

  constructor(
    readonly folder: string,
    readonly findings: readonly Finding[],
  ) {
    super(`${folder}: ${plural(findings.length, "finding")}`);
  }
}

/** @throws FleetHasFindings if any finding is an error. */
export async function loadFleet(io: Io, options: OutputOptions): Promise<LoadedFleet> {
  const folder = path.resolve(io.cwd, options.fleet);
  const out = options.out === undefined ? undefined : path.resolve(io.cwd, options.out);
  const { fleet, findings } = await readFleetChecked(folder, io.cwd, out);
  if (fleet === undefined || findings.some((finding) => finding.severity === "error")) {
    throw new FleetHasFindings(folder, findings);
  }
  return { fleet, folder, warnings: findings };
}

/** The named rollout, or the only one. */
export function chooseRollout(fleet: Fleet, name: string | undefined): Rollout {
  return choose(fleet.rollouts, name, "rollout", "--rollout NAME");
}

export function chooseRelease(fleet: Fleet, name: string): Release {
  return choose(fleet.releases, name, "release", "--release NAME");
}

/** @throws UserError if there are several: nobody wants a release by accident. */
export function chooseOnlyRelease(fleet: Fleet): Release {
  return choose(fleet.releases, undefined, "release", "--release NAME");
}

export function chooseSite(fleet: Fleet, name: string): ResolvedSite {
  return choose(fleet.sites, name, "site", "edgewave site ... NAME");
}

function choose<T extends { readonly name: string }>(
  items: readonly T[],
  name: string | undefined,
  word: string,
  usage: string,
): T {
  const found =
    name === undefined ? (items.length === 1 ? items[0] : undefined) : items.find((item) => item.name === name);
  if (found !== undefined) return found;
  const known = items.length > 12 ? `${items.length} of them` : items.map((item) => item.name).join(", ");
  const problem =
    items.length === 0
      ? `the fleet has no ${word}`
      : name === undefined
        ? `the fleet has several ${word}s: ${known}`
        : `the fleet has no ${word} "${name}"; it has ${known}`;
  throw new UserError(
    "EDGE-CLI-002",
    problem,
    items.length === 0 ? `Add a file of kind ${word[0]?.toUpperCase()}${word.slice(1)}.` : `Name one with ${usage}.`,
  );
}
