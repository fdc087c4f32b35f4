import { applyEvent, foldEvents } from "./fold";
import type { Ledger } from "./ledger/ledger";
import { SiteTable } from "./siteTable";
import type { DomainState, RolloutState, SiteState } from "./state";

/**
 * Of the form in which states are kept. It has to be raised with every change of `RolloutState` or of what events mean:
 * a snapshot of another form is not read, and its events are folded anew.
 */
export const snapshotForm = "2";

/** Runs with fewer events are folded sooner than a snapshot is read. */
const fewEvents = 1_000;

interface Kept extends Omit<RolloutState, "sites" | "domains"> {
  readonly sites: readonly SiteState[];
  readonly domains: readonly (readonly [string, DomainState])[];
}

/** A state as JSON. What is undefined is left out, which reads the same. */
export function snapshotText(state: RolloutState): string {
  const names = Object.keys(state.plan.failureDomains?.domains ?? {});
  const kept: Kept = {
    ...state,
    sites: [...state.sites.values()],
    domains: names.flatMap((name) => {
      const domain = state.domains.get(name);
      return domain === undefined ? [] : [[name, domain] as const];
    }),
  };
  return JSON.stringify(kept);
}

export function stateOfSnapshot(text: string): RolloutState {
  const kept = JSON.parse(text) as Kept;
  return {
    ...kept,
    sites: SiteTable.of(kept.sites.map((site) => [site.site, site])),
    domains: SiteTable.of(kept.domains),
  };
}

/** Whether a driver should keep a snapshot: now and then while a large rollout runs, and when it comes to rest. */
export function isSnapshotDue(state: RolloutState, last: number): boolean {
  const since = state.sequence - last;
  if (state.sequence < fewEvents || since === 0) return false;
  return (
    state.finished !== undefined || state.interrupted !== undefined || since >= Math.max(fewEvents, state.sites.size)
  );
}

/**
 * The state of a run for somebody who looks: from the last snapshot on, if there is one, which spares a large rollout's
 * fold. Drivers do not rely on it: they fold all events.
 * @throws LedgerBroken if the chain of the events read does not hold.
 */
export async function readState(ledger: Ledger, run: string): Promise<RolloutState> {
  const kept = await ledger.snapshot(run, snapshotForm);
  if (kept === undefined) return foldEvents(await ledger.events(run));
  return (await ledger.events(run, kept.sequence)).reduce(applyEvent, stateOfSnapshot(kept.data));
}
