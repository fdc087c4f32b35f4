import { describeExceeded, exceededBudget } from "../budget";
import { gateStep } from "../decide/gating";
import { isAtItsGates, waveGateStep } from "../decide/waveGates";
import type { RolloutEvent, RolloutReopened } from "../events";
import { reopened } from "../fold/reopen";
import type { RolloutRequest } from "../requests";
import type { RolloutState, WaveState } from "../state";
import { type Answer, events, unknown, unknownWave } from "./answer";

/** A site that a gate holds is looked at again by being run again; so is one that waits for its repeat. */
export function retry(state: RolloutState, request: RolloutRequest & { type: "retry" }, now: number): Answer {
  const { by, outcomes } = request;
  const names = [...new Set(request.sites)];
  const named = [...new Set(request.waves ?? [])];
  const wavesAsked = wavesToAsk(state, named);
  if ("refused" in wavesAsked) return wavesAsked;
  const unknownNames = names.filter((name) => state.sites.get(name) === undefined);
  if (unknownNames.length > 0) return unknown("site", unknownNames.join(", "), []);
  const busy = names.filter((name) => !canBeTakenUp(state, name));
  if (busy.length > 0) return { refused: `not at an end, so there is nothing to repeat: ${busy.join(", ")}` };
  const chosen = sitesToRetry(state, { sites: names, outcomes, waves: named });
  const { waves } = wavesAsked;
  if (chosen.length + waves.length === 0) return { refused: `no site is ${outcomes.join(" or ")}` };
  if (state.finished === undefined && (state.halted ?? state.aborting ?? state.rollback) !== undefined) {
    return { refused: "the rollout is coming to its end; retry once it is there" };
  }
  if (state.finished?.result === "superseded") return { refused: "another run has taken this one's place" };
  const event = { type: "rollout-reopened" as const, kind: "retry" as const, by, sites: chosen };
  return reopening(state, waves.length === 0 ? event : { ...event, waves }, now);
}

/** Waves whose gates are asked again: those that did not pass, whoever is named, and the named ones that are held. */
function wavesToAsk(
  state: RolloutState,
  named: readonly string[],
): { readonly waves: readonly string[] } | { readonly refused: string } {
  const unknownName = named.find((name) => !state.waves.some(({ plan }) => plan.name === name));
  if (unknownName !== undefined) return unknownWave(state, unknownName) as { readonly refused: string };
  const again = state.waves.filter(
    (wave) => didNotPass(state, wave) || (named.includes(wave.plan.name) && isHeld(state, wave)),
  );
  const waves = again.map(({ plan }) => plan.name);
  const idle = named.filter((name) => !waves.includes(name));
  return idle.length === 0 ? { waves } : { refused: `no gate holds or failed wave ${idle.join(", ")}` };
}

function didNotPass(state: RolloutState, wave: WaveState): boolean {
  return waveGateStep(state, wave).type === "failed";
}

function isHeld(state: RolloutState, wave: WaveState): boolean {
  return isAtItsGates(state, wave) && waveGateStep(state, wave).type === "held";
}

/** Nothing is opened again that would halt in the same moment, because of sites that are left out. */
function reopening(
  state: RolloutState,
  event: RolloutReopened,
  now: number,
  first: readonly RolloutEvent[] = [],
): Answer {
  const exceeded = exceededBudget(reopened(state, event, now));
  if (exceeded === undefined) return events([...first, event]);
  const without = describeExceeded(exceeded, state.plan.failureDomains?.label);
  return { refused: `without the sites that it is about, ${without}, so it would halt at once; take those up as well` };
}

function canBeTakenUp(state: RolloutState, name: string): boolean {
  const site = state.sites.get(name);
  if (site === undefined || site.phase === "running") return false;
  if (site.phase === "final") return true;
  return site.phase === "pending" ? site.notBefore !== undefined : gateStep(state, site).type === "held";
}

/** The sites that a retry means: those that it names, else those with one of its outcomes. Who names waves alone means none. */
export function sitesToRetry(
  state: RolloutState,
  { sites, outcomes, waves = [] }: Pick<RolloutRequest & { type: "retry" }, "sites" | "outcomes" | "waves">,
): readonly string[] {
  if (sites.length + waves.length > 0) return sites;
  return [...state.sites.values()]
    .filter(({ outcome }) => outcome !== undefined && outcomes.includes(outcome))
    .map(({ site }) => site);
}

/** Sites that have been deferred for too long are given up with it. */
export function catchUp(state: RolloutState, request: RolloutRequest & { type: "catch-up" }, now: number): Answer {
  const { by, frozen, before } = request;
  const sites = [...new Set(request.sites)];
  const others = sites.filter((name) => state.sites.get(name)?.outcome !== "deferred");
  if (others.length > 0) return { refused: `not deferred in this rollout: ${others.join(", ")}` };
  if (state.finished === undefined) return { refused: "the rollout is under way; catch up once it has ended" };
  if (state.finished.result === "superseded") return { refused: "another run has taken this one's place" };
  const bad = state.plan.onFailure === "continue" ? undefined : state.waves.find((wave) => didNotPass(state, wave));
  if (bad !== undefined) {
    return { refused: `wave ${bad.plan.name} did not pass its gates; edgewave rollout retry asks them again` };
  }
  if (sites.length === 0) return { refused: "no deferred site has a link again" };
  const fresh = new Map((frozen ?? []).map((site) => [site.site, site]));
  const dark = sites.filter((name) => (fresh.get(name) ?? state.sites.get(name)?.frozen)?.offline !== undefined);
  if (dark.length > 0) return { refused: `still without a link: ${dark.join(", ")}` };
  const expired = expiredDeferrals(state, now);
  const left = sites.filter((name) => !expired.includes(name));
  if (left.length === 0) {
    return { refused: `deferred for longer than catchUp.expire allows: ${sites.join(", ")}; retry takes them up` };
  }
  const event: RolloutReopened = {
    type: "rollout-reopened",
    kind: "catch-up",
    by,
    sites: left,
    ...(frozen === undefined ? {} : { frozen }),
    ...(before === undefined ? {} : { before }),
  };
  const given = expired.map((site) => ({ type: "deferral-expired" as const, site }));
  return reopening(state, event, now, given);
}

/** Sites that are not waited for any longer. */
function expiredDeferrals({ plan, sites }: RolloutState, now: number): string[] {
  const { expireSeconds } = plan.catchUp;
  if (expireSeconds === undefined) return [];
  return [...sites.values()]
    .filter(({ outcome, finishedAt }) => outcome === "deferred" && now >= (finishedAt ?? now) + expireSeconds * 1000)
    .map(({ site }) => site);
}
