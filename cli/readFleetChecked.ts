import path from "node:path";
import { readFleet, type FleetReading } from "../fleet/read";
import { compareFindings } from "../fleet/problem";
import { overrideFindings } from "../gitops/overrides/findings";
import { knownRecipients } from "./sopsKeys";

/**
 * Reads a fleet and checks what its files say by themselves and what they would make: overrides are tried on the
 * objects that they change.
 * @param folder absolute.
 * @param out absolute; where the sites' age keys are. By default `out/<fleet name>` below `cwd`.
 */
export async function readFleetChecked(folder: string, cwd: string, out?: string): Promise<FleetReading> {
  const reading = await readFleet(folder);
  if (reading.fleet === undefined || reading.fleet.overrides.length === 0) return reading;
  const recipients = await knownRecipients(out ?? path.resolve(cwd, "out", reading.fleet.name), reading.fleet.sites);
  const findings = [...reading.findings, ...overrideFindings(reading.fleet, recipients)].sort(compareFindings);
  const failed = findings.some(({ severity }) => severity === "error");
  return { ...reading, fleet: failed ? undefined : reading.fleet, findings };
}
