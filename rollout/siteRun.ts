import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import type { Clock } from "./clock";
import type { RolloutEvent, SiteFinished, SiteSuccess } from "./events";
import type { Ledger, Lease } from "./ledger/ledger";
import type { Promoter } from "./promoter";
import {
  RunCancelled,
  RunFailed,
  type RunProgress,
  type RunResult,
  SiteUnreachable,
  type StackRunner,
} from "./stackRunner";

export interface SiteRun {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Fleet;
  readonly signers: readonly string[];
  readonly desiredHash: string;
  readonly token: number;
  readonly runner: StackRunner;
  readonly promoter: Promoter;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (resources: number, doing: string | undefined) => void;
  readonly onWaiting?: (reason: string | undefined) => void;
}

/**
 * Takes one site to the release: its stack, then its branch. Never rejects; whatever goes wrong is the site's outcome.
 * An unchanged site costs no engine run, but its branch is moved all the same: the last rollout may have ended between
 * the two.
 * @returns what happened, to be recorded together; the last one is the site's end.
 */
export async function runSite(run: SiteRun): Promise<RolloutEvent[]> {
  const { site, release, runner, promoter } = run;
  let result: RunResult | undefined;
  try {
    const { unchanged: before, touched } = await lookBack(run);
    result = before ? nothingToDo(before.resources) : await runner.up({ ...request(run), touched }, observer(run));
    const evidence = before?.evidence ?? (await runner.evidence(site.name));
    const { from, to, moved } = await promoter.promote(site.name, release.name);
    const end: SiteFinished = {
      ...finished(site.name, result),
      outcome: before === undefined ? "succeeded" : "unchanged",
      ...(evidence === undefined ? {} : { success: success(run, evidence, result, moved ? undefined : before) }),
    };
    return [{ type: "site-promoted", site: site.name, from, to, moved }, end];
  } catch (error) {
    const outcome = outcomeOf(error, run.signal);
    const reason = result === undefined || outcome === "cancelled" ? text(error) : `promotion failed: ${text(error)}`;
    return [{ ...finished(site.name, result), outcome, reason }];
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): "cancelled" | "deferred" | "failed" {
  if (error instanceof SiteUnreachable) return "deferred";
  // Cancelled means that a resume repeats it; a runner that stops unasked must not open that door.
  return error instanceof RunCancelled && signal.aborted ? "cancelled" : "failed";
}

/** Releases on the way, each with its hash; see `ReleaseBefore`. */
export interface Hop {
  readonly release: Release;
  readonly desiredHash: string;
}

/**
 * Takes a site through the releases on its way, and then to the last one. What it reaches is told at once, so that a
 * resumed driver goes on from there; whatever goes wrong on the way is the site's outcome.
 * @returns what `runSite` returns for the run that ended it.
 */
export async function runThrough(
  run: SiteRun,
  hops: readonly Hop[],
  onHop: (release: string, success: SiteSuccess | undefined) => Promise<void>,
): Promise<RolloutEvent[]> {
  for (const { release, desiredHash } of hops) {
    const events = await runSite({ ...run, release, desiredHash });
    const end = events.at(-1);
    if (end?.type !== "site-finished") throw new Error(`the run of ${run.site.name} has no end`);
    if (end.outcome !== "succeeded" && end.outcome !== "unchanged") {
      return [{ ...end, reason: `on the way, at release ${release.name}: ${end.reason ?? ""}` }];
    }
    await onHop(release.name, end.success);
  }
  return runSite(run);
}

/** Whether a site's state or files are not what its last success left; false for a site without a success or a state. */
export async function isTouched(ledger: Ledger, runner: StackRunner, site: string): Promise<boolean> {
  const last = await ledger.lastSuccess(site);
  const evidence = last === undefined ? undefined : await runner.evidence(site);
  return evidence !== undefined && evidence !== last?.evidence;
}

/** What the ledger and the runner say of a site before it is run. */
interface Before {
  /** The last success, if it is what is wanted now and nothing has touched what it left behind. */
  readonly unchanged: SiteSuccess | undefined;
  /** Whether something has touched what the last success left behind, whatever is wanted now. */
  readonly touched: boolean;
}

/** @throws RunFailed if the site was brought to a release before, and its stack's state is gone. */
async function lookBack({ ledger, runner, site, desiredHash }: SiteRun): Promise<Before> {
  const last = await ledger.lastSuccess(site.name);
  if (last === undefined) return { unchanged: undefined, touched: false };
  const evidence = await runner.evidence(site.name);
  if (evidence === undefined) {
    const copy = await runner.newestBackup?.(site.name);
    const how =
      copy === undefined
        ? "Put it back from its .bak file beside it"
        : `Put it back: edgewave site restore ${site.name} takes the newest copy, ${copy}`;
    throw new RunFailed(
      `the stack's state is gone, although ${site.name} was brought to release ${last.release} before. ${how}; or make ` +
        `the site anew, with new keys and passwords, by edgewave site up ${site.name}`,
    );
  }
  const touched = evidence !== last.evidence;
  return { unchanged: !touched && last.desiredHash === desiredHash ? last : undefined, touched };
}

function nothingToDo(resources: number): RunResult {
  return { resources, changes: resources > 0 ? { same: resources } : {}, seconds: 0 };
}

function request({ site, release, fleet: { name, domain, hub }, signers, token }: SiteRun) {
  return { site, release, fleet: { name, domain, hub }, signers, fencingToken: token };
}

function observer({ signal, onProgress, onWaiting }: SiteRun) {
  return {
    signal,
    onProgress: ({ resources, doing }: RunProgress) => onProgress(resources, doing),
    ...(onWaiting === undefined ? {} : { onWaiting }),
  };
}

function finished(site: string, result: RunResult | undefined): Omit<SiteFinished, "outcome"> {
  return {
    type: "site-finished",
    site,
    seconds: result?.seconds ?? 0,
    resources: result?.resources ?? 0,
    changes: result?.changes ?? {},
    ...(result?.notes === undefined || result.notes.length === 0 ? {} : { notes: result.notes }),
  };
}

/** @param before the last success, if nothing has been changed since. */
function success(
  { desiredHash, release, token, clock }: SiteRun,
  evidence: string,
  { resources }: RunResult,
  before: SiteSuccess | undefined,
): SiteSuccess {
  const changedAt = before?.changedAt ?? clock.now();
  return { desiredHash, release: release.name, evidence, token, resources, changedAt };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Runs something on one site outside a rollout, such as a single `up` or `destroy`, under a lease and a fencing token
 * of its own, so that no rollout runs the site at the same time.
 * @throws RolloutLocked or SiteBusy if somebody else runs the site.
 */
export async function withSiteClaim<T>(ledger: Ledger, site: string, act: (token: number) => Promise<T>): Promise<T> {
  const lease: Lease = await ledger.lease(`site/${site}`);
  try {
    return await act(await ledger.claimSite(lease, site));
  } finally {
    await lease.release();
  }
}
