import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { readCache, writeCache } from "../../check/cache";
import { checkFleet } from "../../check/checkFleet";
import { placeOf } from "../../check/place";
import { idleExemptions, namesInPolicy } from "../../check/policyProblems";
import type { CheckResult } from "../../check/report/result";
import { releaseChoice } from "../../check/releases";
import { inWorkers } from "../../check/workers";
import type { Fleet, Release } from "../../fleet/model";
import { compareFindings, toFinding, type Problem } from "../../fleet/problem";
import type { FleetReading } from "../../fleet/read";
import { programDigest } from "../../rollout/programDigest";
import type { Io } from "../io";
import { requireOwner } from "../outFolder";

/** The folder of edgewave itself. */
const home = path.join(__dirname, "..", "..");

/** What of edgewave itself decides what a check finds. */
const checkedBy = [
  "stacks",
  "components",
  "profiles",
  "catalog",
  "gitops",
  "fleet",
  "policy",
  "check",
  "package-lock.json",
];

export interface SiteCheckOptions {
  /** Absolute output folder of the fleet; what was found is kept there, and states are read there. */
  readonly out: string;
  readonly release: Release | undefined;
  /** ISO date. */
  readonly day: string;
  readonly useCache: boolean;
  /** Objects that are judged with every site, by file. */
  readonly manifests: ReadonlyMap<string, string>;
}

/** Builds and judges every site of a sound fleet. */
export async function checkSites(
  io: Io,
  fleet: Fleet,
  { findings, positions }: Pick<FleetReading, "findings" | "positions">,
  { out, release, day, useCache, manifests }: SiteCheckOptions,
): Promise<CheckResult> {
  await requireOwner(out, fleet.name);
  const file = path.join(out, "check", "found.json");
  const releaseOf = releaseChoice(fleet, release);
  const shared = {
    fleet: { name: fleet.name, domain: fleet.domain, hub: fleet.hub },
    policy: fleet.policy,
    releases: fleet.releases,
    today: day,
    manifests,
    out,
  };
  const [digest, cached] = await Promise.all([programDigest(home, checkedBy), useCache ? readCache(file) : new Map()]);
  const check = await checkFleet({
    fleet,
    releaseOf,
    today: day,
    programDigest: digest,
    manifests,
    cached,
    checkpointOf: (site) => stampOf(path.join(out, "state", ".pulumi", "stacks", "edgewave", `${site}.json`)),
    build: (requests, onAnswer) => inWorkers(workerModule(io), shared, requests, availableParallelism(), onAnswer),
  });
  if (useCache && check.built > 0) await keep(file, check.cache);
  const problems = [...namesInPolicy(fleet), ...idleExemptions(fleet, check.verdicts, day)];
  return {
    fleet: fleet.name,
    day,
    sites: fleet.sites.map(({ name }) => name),
    findings: [...findings, ...problems.map((problem) => placed(problem, positions))].sort(compareFindings),
    verdicts: check.verdicts.map((verdict) => {
      const site = fleet.sites.find(({ name }) => name === verdict.site);
      return { ...verdict, place: placeOf(verdict, fleet, positions, site && releaseOf(site)?.name) };
    }),
    failures: check.failures,
    built: check.built,
  };
}

function placed(problem: Problem, positions: FleetReading["positions"]) {
  return toFinding(problem, positions.at(problem.source, problem.path)?.line ?? problem.source.line);
}

function workerModule({ env }: Io) {
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  return {
    modulePath: path.join(home, "cli", "checkWorker.ts"), // Building makes much that is gone at once; a larger nursery halves the collector's work.
    execArgv: ["--max-semi-space-size=64", "--import", tsx],
    environment: env,
  };
}

/** Changes with every write of the file. */
function stampOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.mtimeMs} ${found.size} ${found.ino}`;
}

/** A folder that cannot be written, as in some CI, only makes the next check slower. */
async function keep(file: string, cache: Parameters<typeof writeCache>[1]): Promise<void> {
  await writeCache(file, cache).catch(() => undefined);
}
