import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { type Ledger, RolloutLocked } from "./ledger/ledger";
import { withSiteClaim } from "./siteRun";
import {
  type DriftResult,
  RunCancelled,
  RunFailed,
  SiteUnreachable,
  StackLocked,
  type StackRunner,
} from "./stackRunner";

/** How one site stands. `not-made`, `unreachable` and `busy` say nothing of whether it has drifted. */
export type SiteDrift = { readonly site: string; readonly release: string | undefined } & (
  | { readonly status: "same" | "drifted"; readonly drift: DriftResult }
  | {
      readonly status: "not-made" | "unreachable" | "busy" | "failed" | "cancelled";
      /** For people. */
      readonly reason: string;
    }
);

export interface DriftInputs {
  readonly sites: readonly ResolvedSite[];
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** The release that a site is compared with; or why there is none, which fails the site. */
  readonly releaseOf: (site: ResolvedSite) => Release | { readonly unknown: string };
  /** Whether the site has a state to compare with. */
  readonly isMade: (site: string) => boolean;
  readonly signers: readonly string[];
  readonly runner: Pick<StackRunner, "drift">;
  readonly ledger: Ledger;
  /** Sites that are compared at once; at least 1. */
  readonly concurrency: number;
  /** Aborted: those that are under way are asked to stop and waited for, nothing more is begun. */
  readonly signal: AbortSignal;
  readonly onStart?: (site: string) => void;
  readonly onEnd?: (result: SiteDrift) => void;
  readonly onWaiting?: (site: string, reason: string | undefined) => void;
}

/**
 * Compares what is at sites with what they were brought to, a few at once, each under a claim so that no rollout runs
 * it at the same time. Writes neither state nor files.
 * @returns in the order of the sites; each site has its result, whatever goes wrong with it.
 * @throws what is no site's own, such as a ledger that cannot be written.
 */
export async function driftOfFleet(inputs: DriftInputs): Promise<SiteDrift[]> {
  const { sites, concurrency } = inputs;
  const results: SiteDrift[] = new Array<SiteDrift>(sites.length);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < sites.length; index = next++) {
      const site = sites[index];
      if (site === undefined) continue;
      const result = await driftOf(site, inputs);
      results[index] = result;
      inputs.onEnd?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, sites.length)) }, work));
  return results;
}

async function driftOf(site: ResolvedSite, inputs: DriftInputs): Promise<SiteDrift> {
  const { name } = site;
  const { ledger, runner, signal, fleet, signers, onWaiting } = inputs;
  const found = inputs.releaseOf(site);
  const release = "unknown" in found ? undefined : found.name;
  const without = (status: Exclude<SiteDrift["status"], "same" | "drifted">, reason: string): SiteDrift => ({
    site: name,
    release,
    status,
    reason,
  });
  if (signal.aborted) return without("cancelled", "not compared: asked to stop before its turn");
  if (!inputs.isMade(name)) return without("not-made", "it has not been brought to a release yet");
  if ("unknown" in found) return without("failed", found.unknown);
  // Rendered files are here, whatever link the site has.
  if (site.offline !== undefined && site.target !== "render") {
    return without("unreachable", `no link since ${site.offline.since}: ${site.offline.reason}`);
  }
  inputs.onStart?.(name);
  try {
    const drift = await withSiteClaim(ledger, name, (fencingToken) =>
      runner.drift(
        { site, release: found, fleet, signers, fencingToken, touched: false },
        {
          signal,
          onProgress: () => undefined,
          onWaiting: (reason) => onWaiting?.(name, reason),
        },
      ),
    );
    const status = drift.entries.length + drift.more > 0 ? "drifted" : "same";
    return { site: name, release, status, drift };
  } catch (error) {
    if (error instanceof RolloutLocked || error instanceof StackLocked) return without("busy", error.message);
    if (error instanceof SiteUnreachable) return without("unreachable", error.message);
    if (error instanceof RunCancelled) return without("cancelled", error.message);
    if (error instanceof RunFailed) return without("failed", error.message);
    throw error;
  }
}
