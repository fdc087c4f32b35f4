import type { ResolvedSite } from "../fleet/model";
import type { GateAnswer } from "../rollout/gates/answer";
import type { GateRequest } from "../rollout/gates/probe";
import { inconclusive, pass } from "./answers";
import { branchesOf } from "./siteReport/parts";
import type { SiteReport } from "./siteReport/form";
import { fluxOf, isoOf, judge } from "./siteReport/judge";
import { queuedChanges, type QueuedChanges } from "./siteReport/queue";
import { readSiteReport, reportPlace } from "./siteReport/read";
import { fluxAnswer, verifyReconnection } from "./siteReport/reconnect";
import { rulesOf } from "./siteReport/rules";
import { signersOf } from "./siteReport/siteStates";
import { bufferedMessages, bufferTrend } from "./siteReport/warnings";
import type { ProbeOptions } from "./surroundings";

/** So many seconds of messages are always on their way. */
const inFlightSeconds = 60;

/**
 * Verifies a site that was away by its own report and by what the hub has of it; see `verifyReconnection`. The report has
 * to be younger than the promotion, or it says nothing of it.
 */
export async function checkReconnect(
  { site, commit, changedAt }: GateRequest,
  options: Pick<ProbeOptions, "gitDirectory" | "fetchSite" | "outputDirectory" | "now">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  if (site.target === "render") return pass("the site is only rendered: nothing of it runs that could be behind");
  const { gitDirectory, outputDirectory, now = Date.now } = options;
  await options.fetchSite?.(site.name, signal);
  const place = reportPlace(gitDirectory, site.name);
  const reading = await readSiteReport(place, site.name, await signersOf(outputDirectory, site.name));
  const at = now();
  const { state, reason, reportedAt } = judge(reading, { commit, at: changedAt ?? at }, at, rulesOf(site));
  if (reading.kind !== "report" || reportedAt === undefined || state === "silent") return inconclusive(reason);
  if (changedAt !== undefined && reportedAt < changedAt) {
    return inconclusive(`its last report is of ${isoOf(reportedAt)}, before the promotion`);
  }
  const queue = await queuedChanges(gitDirectory, site.name);
  signal.throwIfAborted();
  return verifyReconnection(reconnectionOf(site, reading.report, commit, queue));
}

function reconnectionOf(site: ResolvedSite, report: SiteReport, commit: string | undefined, queue: QueuedChanges) {
  const branch = (part: "deployRefs" | "siteRefs", name: string): string | undefined => {
    const branches = branchesOf(report.parts[part]);
    return "value" in branches ? branches.value.get(name) : undefined;
  };
  const flux = commit === undefined ? undefined : fluxOf(report, commit);
  return {
    promoted: commit,
    mirrored: branch("deployRefs", "deploy"),
    changed: { atSite: branch("siteRefs", "main"), atHub: queue.head },
    taken: queue,
    flux: flux === undefined ? inconclusive("nothing was promoted to it") : fluxAnswer(flux.answer, flux.detail),
    buffer: {
      messages: bufferedMessages(report),
      trend: bufferTrend(report),
      inFlight: site.ingestion.messagesPerSecond * inFlightSeconds,
    },
  };
}
