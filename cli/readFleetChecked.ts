import path from "node:path";
import { peopleSecretProblems } from "../fleet/checks/identity";
import { hubSecretProblems } from "../fleet/checks/observability";
import type { Finding } from "../fleet/finding";
import type { Fleet } from "../fleet/model";
import { overridesOf } from "../fleet/overrides";
import { readFleet, type FleetReading } from "../fleet/read";
import { compareFindings, toFinding } from "../fleet/problem";
import { keptBySites } from "../gitops/changes/keptObjects";
import { fleetRepository } from "../gitops/git/repository";
import { overrideFindings } from "../gitops/overrides/findings";
import { knownRecipients } from "./sopsKeys";

/**
 * Reads a fleet and checks what its files say by themselves and what they would make: overrides are tried on the
 * objects that they change, and logins for the hub and passwords of people are looked for among them.
 * @param folder absolute.
 * @param out absolute; where the sites' age keys are, and what sites keep themselves as `git merge` has brought it. By default `out/<fleet name>` below `cwd`.
 */
export async function readFleetChecked(folder: string, cwd: string, out?: string): Promise<FleetReading> {
  const reading = await readFleet(folder);
  const { fleet } = reading;
  if (fleet === undefined) return reading;
  const logins = [...hubSecretProblems(fleet), ...peopleSecretProblems(fleet)].map((problem) =>
    toFinding(problem, problem.source.line),
  );
  const tried =
    fleet.overrides.length === 0 ? [] : await triedOverrides(fleet, out ?? path.resolve(cwd, "out", fleet.name));
  const findings = [...reading.findings, ...logins, ...tried].sort(compareFindings);
  const failed = findings.some(({ severity }) => severity === "error");
  return { ...reading, fleet: failed ? undefined : fleet, findings };
}

async function triedOverrides(fleet: Fleet, out: string): Promise<readonly Finding[]> {
  const recipients = await knownRecipients(out, fleet.sites);
  const adding = fleet.overrides.filter(({ objects }) => objects.length > 0);
  const sites = fleet.sites.filter((site) => overridesOf(site, adding).length > 0);
  const kept = await keptBySites(
    fleetRepository(path.join(out, "git")),
    sites.map(({ name }) => name),
  );
  return overrideFindings(fleet, recipients, kept);
}
