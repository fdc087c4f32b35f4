import { listOf } from "../../fleet/quote";
import { tidy } from "../../rollout/gates/answer";
import { judgedFlux } from "../fluxReady";
import { factsOf, type SiteFacts } from "./facts";
import type { SiteReport } from "./form";
import { branchesOf, objectsOf, rowsOf } from "./parts";
import { clockErrorOf, warningsOf } from "./warnings";

/** What is known of a site's convergence, from the best to the worst. */
export const siteStates = ["converged", "converging", "drifted", "stale", "silent"] as const;

/**
 * - `converged`: it runs what is promoted to it, and all of it is ready.
 * - `converging`: on its way there, and the time for that is not over.
 * - `drifted`: it says that something failed, or that it is not where it should be by now.
 * - `stale`: what is known of it is too old, or too little, to tell.
 * - `silent`: it has said nothing that counts, or nothing for longer than the outage that it has to bear.
 */
export type SiteState = (typeof siteStates)[number];

/** The newest report at the hub: none, one that does not count and why, or one whose signature is good. */
export type Reading =
  | { readonly kind: "none" }
  | { readonly kind: "unusable"; readonly why: string }
  | { readonly kind: "report"; readonly report: SiteReport };

/** What the hub knows and wants of the site. */
export interface Promoted {
  /** Full id of the commit that the hub's `deploy/<site>` has on `deploy`; undefined if nothing was promoted. */
  readonly commit: string | undefined;
  /** When it was moved there; undefined if nobody knows, which counts as long ago. */
  readonly at: number | undefined;
}

export interface JudgeRules {
  /** The longest outage that the site has to bear. */
  readonly maxOutageHours: number;
  /** Names of the site's nodes. */
  readonly nodes: readonly string[];
  /** Time from a promotion to the site being there, if it has a link. */
  readonly convergeSeconds: number;
}

/** The reason of a site of which the hub has no report at all. */
export const neverReported = "it has never reported";

export interface Judgement {
  readonly state: SiteState;
  /** For people, as a clause; never empty. */
  readonly reason: string;
  /** Since when this is known; undefined for a site that has never reported. */
  readonly since: number | undefined;
  /** When the report was made, by the hub's clock as well as that can be told. */
  readonly reportedAt: number | undefined;
  /** What somebody should look at, whatever the state is. */
  readonly warnings: readonly string[];
  /** What else the report says; undefined without one. */
  readonly facts: SiteFacts | undefined;
}

/** A report that is missing so many times in a row is late: the mirror has its own interval. */
const missedReports = 3;
/** Of both mirrors (Gitea's least), and for the way. */
const mirrorSeconds = 10 * 60;
/** How far clocks may be apart before it matters. */
const clockToleranceMs = 5 * 60_000;

/**
 * Says how a site stands, from its newest report. Pure and total: whatever the report holds, there is an answer with a
 * reason. Of two reports that say the same, the older one never gives a better state than the newer one; one from the
 * future counts as too old to tell.
 * @param now milliseconds since the epoch, by the hub's clock.
 */
export function judge(reading: Reading, promoted: Promoted, now: number, rules: JudgeRules): Judgement {
  const { reason, warnings, ...rest } = judged(reading, promoted, now, rules);
  // What a site says may be long, and hold what moves a terminal's cursor.
  return { ...rest, reason: lineOf(reason), warnings: warnings.map(lineOf) };
}

const lineOf = (detail: string): string => tidy({ answer: "inconclusive", detail }).detail;

function judged(reading: Reading, promoted: Promoted, now: number, rules: JudgeRules): Judgement {
  const nothing = { since: undefined, reportedAt: undefined, warnings: [], facts: undefined };
  if (reading.kind === "none") return { state: "silent", reason: neverReported, ...nothing };
  if (reading.kind === "unusable") return { state: "silent", reason: reading.why, ...nothing };
  const { report } = reading;
  const clockError = clockErrorOf(report, clockToleranceMs);
  const at = report.at - clockError;
  const warnings = warningsOf(report, now, rules, clockError);
  const common = { reportedAt: at, warnings, facts: factsOf(report) };

  const lateSeconds = missedReports * report.intervalSeconds + mirrorSeconds;
  const lateAt = at + lateSeconds * 1000;
  const silentAt = lateAt + rules.maxOutageHours * 3_600_000;
  if (at > now + clockToleranceMs) {
    const reason = `its report is dated ${isoOf(at)}, which has not come yet, so its age is not known`;
    return { state: "stale", reason, since: now, ...common };
  }
  if (now >= silentAt) {
    const reason = `no report since ${isoOf(at)}, for longer than the outage of ${rules.maxOutageHours} h that it has to bear`;
    return { state: "silent", reason, since: silentAt, ...common };
  }
  if (now >= lateAt) {
    const every = Math.round(report.intervalSeconds / 60);
    const then = stateOf(report, promoted, at, now, rules);
    const reason = `no report since ${isoOf(at)}, and one is due every ${every} min; then it was ${then.state}: ${then.reason}`;
    return { state: "stale", reason, since: lateAt, ...common };
  }
  return { ...stateOf(report, promoted, at, now, rules), since: at, ...common };
}

/** The state by what the report says alone. */
function stateOf(
  report: SiteReport,
  promoted: Promoted,
  at: number,
  now: number,
  rules: JudgeRules,
): Pick<Judgement, "state" | "reason"> {
  const { commit } = promoted;
  if (commit === undefined) return { state: "converging", reason: "nothing has been promoted to it yet" };
  const flux = fluxOf(report, commit);
  if (flux.answer === "fail") return { state: "drifted", reason: flux.detail };
  const nodes = nodesOf(report, rules.nodes);
  if (flux.answer === "pass" && nodes === undefined) return { state: "converged", reason: flux.detail };
  const why = flux.answer === "pass" ? (nodes as string) : (mirrorOf(report, commit) ?? flux.detail);
  const over = promoted.at === undefined || now - promoted.at > rules.convergeSeconds * 1000;
  if (!over) return { state: "converging", reason: why };
  if (flux.answer === "unknown") return { state: "stale", reason: `it could not tell: ${flux.detail}` };
  if (promoted.at !== undefined && at < promoted.at) {
    return { state: "stale", reason: `its report is older than the promotion; then: ${why}` };
  }
  return { state: "drifted", reason: why };
}

/** What Flux says of a commit; unknown if the site could not ask. */
export interface FluxAnswer {
  readonly answer: "pass" | "fail" | "inconclusive" | "unknown";
  readonly detail: string;
}

/** By the same rules as the gate fluxReady. */
export function fluxOf({ parts }: SiteReport, commit: string): FluxAnswer {
  const kustomizations = objectsOf(parts.kustomizations);
  if ("problem" in kustomizations) return { answer: "unknown", detail: `Kustomizations: ${kustomizations.problem}` };
  const releases = objectsOf(parts.helmReleases);
  if ("problem" in releases) return { answer: "unknown", detail: `HelmReleases: ${releases.problem}` };
  return judgedFlux({ namespaces: undefined }, commit, kustomizations.value, releases.value);
}

/** What is wrong with the site's nodes; undefined if nothing is. */
function nodesOf({ parts }: SiteReport, expected: readonly string[]): string | undefined {
  const rows = rowsOf(parts.nodes);
  if ("problem" in rows) return `its nodes are not known: ${rows.problem}`;
  const ready = new Set(
    rows.value.filter((row) => String(row["Status"] ?? "").split(",")[0] === "Ready").map((row) => row["Name"]),
  );
  const missing = expected.filter((name) => !ready.has(name));
  return missing.length === 0
    ? undefined
    : `not ready: ${missing.length === 1 ? "node" : "nodes"} ${listOf(missing, 3)}`;
}

/** Whether the site's mirror of `deploy` is behind, which explains all else; undefined if it is not. */
function mirrorOf({ parts }: SiteReport, commit: string): string | undefined {
  const branches = branchesOf(parts.deployRefs);
  if ("problem" in branches) return undefined;
  const there = branches.value.get("deploy");
  return there === commit
    ? undefined
    : `its Gitea has ${there?.slice(0, 10) ?? "nothing"} on deploy, not ${commit.slice(0, 10)}`;
}

/** For people, to the minute; a time that no calendar has is said as it is. */
export function isoOf(at: number): string {
  return Number.isFinite(at) && Math.abs(at) < 8e15 ? `${new Date(at).toISOString().slice(0, 16)}Z` : "an unknown time";
}
