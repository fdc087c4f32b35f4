import { readFile } from "node:fs/promises";
import path from "node:path";
import type { GateOf } from "../fleet/gates";
import { fillIn } from "../fleet/placeholders";
import { checkedPath } from "../gitops/names";
import type { GateAnswer } from "../rollout/gates/answer";
import type { GateRequest } from "../rollout/gates/probe";
import { fail, inconclusive, pass } from "./answers";
import { isoOf, judge } from "./siteReport/judge";
import { readSiteReport, reportPlace } from "./siteReport/read";
import { rulesOf } from "./siteReport/rules";
import { signersOf } from "./siteReport/siteStates";
import { valuesOf, type ProbeOptions } from "./surroundings";

/** How far the clocks of a site and of the driver may be apart. */
const clockToleranceMs = 5 * 60_000;

/**
 * Reads the site's own report from `site/<site>.git`, which a site that is dark for the driver pushes when it can, and
 * judges it as `edgewave status` does. Only a report with a good signature counts, of this site, and not older than the
 * site's last change.
 */
export async function checkGit(
  gate: GateOf<"git">,
  request: GateRequest,
  options: Pick<ProbeOptions, "gitDirectory" | "fetchSite" | "outputDirectory" | "fleetDirectory" | "now">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const { site, commit, changedAt } = request;
  const values = valuesOf(request);
  const place = {
    ...reportPlace(options.gitDirectory, site.name),
    ref: `refs/heads/${gate.branch}`,
    file: checkedPath(fillIn(gate.file, values)),
  };
  const signers =
    gate.allowedSignersFile === undefined
      ? await signersOf(options.outputDirectory, site.name)
      : await readFile(path.resolve(options.fleetDirectory, fillIn(gate.allowedSignersFile, values)), "utf8");
  await options.fetchSite?.(site.name, signal);
  const reading = await readSiteReport(place, site.name, signers);
  signal.throwIfAborted();
  const now = options.now?.() ?? Date.now();
  const { state, reason, reportedAt } = judge(reading, { commit, at: changedAt ?? now }, now, rulesOf(site));
  if (reportedAt === undefined) return inconclusive(reason);
  if (changedAt !== undefined && reportedAt < changedAt - clockToleranceMs) {
    return inconclusive(`its report is of ${isoOf(reportedAt)}, before the site was last changed`);
  }
  const said = `the site reported at ${isoOf(reportedAt)}: ${reason}`;
  if (state === "converged") return pass(said);
  return state === "drifted" ? fail(said) : inconclusive(said);
}
