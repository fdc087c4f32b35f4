import path from "node:path";
import { hubSecretProblems } from "../fleet/checks/observability";
import { readFleet, type FleetReading } from "../fleet/read";
import { compareFindings, toFinding } from "../fleet/problem";
import { overrideFindings } from "../gitops/overrides/findings";
import { knownRecipients } from "./sopsKeys";

/**
 * Reads a fleet and checks what its files say by themselves and what they would make: overrides are tried on the
 * objects that they change, and logins for the hub are looked for among them.
 * @param folder absolute.
 * @param out absolute; where the sites' age keys are. By default `out/<fleet name>` below `cwd`.
 */
export async function readFleetChecked(folder: string, cwd: string, out?: string): Promise<FleetReading> {
  const reading = await readFleet(folder);
  const { fleet } = reading;
  if (fleet === undefined) return reading;
  const logins = hubSecretProblems(fleet).map((problem) => toFinding(problem, problem.source.line));
  const recipients =
    fleet.overrides.length === 0
      ? new Map<string, string>()
      : await knownRecipients(out ?? path.resolve(cwd, "out", fleet.name), fleet.sites);
  const findings = [...reading.findings, ...logins, ...overrideFindings(fleet, recipients)].sort(compareFindings);
  const failed = findings.some(({ severity }) => severity === "error");
  return { ...reading, fleet: failed ? undefined : fleet, findings };
}
