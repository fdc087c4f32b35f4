import { describeExceeded, exceededBudget } from "./budget";
import { gateStep } from "./decide/gating";
import { rollbackOf } from "./decide/rollback";
import type { Outcome, RolloutEvent, RolloutReopened } from "./events";
import { reopened } from "./fold/reopen";
import type { RolloutState } from "./state";

/** What somebody asks of a rollout, from this process or another one. `by` is who. */
export type RolloutRequest =
  | { readonly type: "pause"; readonly by: string; readonly reason?: string }
  | { readonly type: "resume"; readonly by: string }
  | { readonly type: "abort"; readonly by: string; readonly reason?: string }
  /** A wave may start. Signatures have been verified before. */
  | {
      readonly type: "approve-wave";
      readonly by: string;
      readonly wave: string;
      readonly expires?: number;
      readonly signed?: { readonly text: string; readonly signature: string; readonly fingerprint: string };
    }
  /** The gate that holds a site is taken as passed. */
  | { readonly type: "approve-site"; readonly by: string; readonly site: string }
  /** Sites with one of the outcomes, or the named ones, are taken up again. */
  | {
      readonly type: "retry";
      readonly by: string;
      readonly outcomes: readonly Outcome[];
      readonly sites: readonly string[];
    }
  /** Deferred sites have a link again. */
  | ({ readonly type: "catch-up"; readonly by: string } & Pick<RolloutReopened, "sites" | "frozen" | "before">)
  | { readonly type: "rollback"; readonly by: string; readonly wave?: string; readonly reason?: string }
  | {
      readonly type: "evidence";
      readonly by: string;
      readonly site: string;
      readonly result: "pass" | "fail";
      readonly detail: string;
    };

/** What a request means now: what is to be recorded, or why it cannot be done, for people. */
export type Answer = { readonly events: readonly RolloutEvent[] } | { readonly refused: string };

/** Pure. An answer without events means that all is so already. */
export function answerRequest(state: RolloutState, request: RolloutRequest, now: number): Answer {
  switch (request.type) {
    case "pause":
      if (state.finished !== undefined) return ended(state);
      return events(state.paused === undefined ? [{ ...optional(request), type: "paused" }] : []);
    case "resume":
      return events(state.paused === undefined ? [] : [{ type: "unpaused", by: request.by }]);
    case "abort":
      if (state.finished !== undefined) return ended(state);
      return events(state.aborting === undefined ? [{ ...optional(request), type: "abort-requested" }] : []);
    case "approve-wave":
      return approveWave(state, request, now);
    case "approve-site":
      return approveSite(state, request.site, request.by);
    case "retry":
      return retry(state, request, now);
    case "catch-up":
      return catchUp(state, request, now);
    case "rollback":
      return rollback(state, request);
    case "evidence":
      return evidence(state, request);
  }
}

function approveWave(state: RolloutState, request: RolloutRequest & { type: "approve-wave" }, now: number): Answer {
  const { wave: name, by, expires, signed } = request;
  const wave = state.waves.find(({ plan }) => plan.name === name);
  if (wave === undefined)
    return unknown(
      "wave",
      name,
      state.waves.map(({ plan }) => plan.name),
    );
  const { approval } = wave.plan;
  if (approval === undefined) return { refused: `wave ${name} asks for no approval` };
  if (wave.startedAt !== undefined) return { refused: `wave ${name} has started already` };
  if (expires !== undefined && expires <= now) return { refused: "the approval has expired" };
  if (approval.signed && signed === undefined) {
    return { refused: `wave ${name} asks for signed approvals; give --signing-key, or --signature with --text` };
  }
  return events([
    {
      type: "approved",
      wave: name,
      by,
      ...(expires === undefined ? {} : { expires }),
      ...(signed === undefined ? {} : { signed }),
    },
  ]);
}

function approveSite(state: RolloutState, name: string, by: string): Answer {
  const site = state.sites.get(name);
  if (site === undefined) return unknown("site", name, []);
  const step = site.phase === "gating" ? gateStep(state, site) : undefined;
  if (step?.type !== "held") return { refused: `no gate holds site ${name}` };
  return events([{ type: "gate-accepted", site: name, gate: step.gate.gate, by }]);
}

/** A site that a gate holds is looked at again by being run again; so is one that waits for its repeat. */
function retry(state: RolloutState, request: RolloutRequest & { type: "retry" }, now: number): Answer {
  const { by, outcomes } = request;
  const names = [...new Set(request.sites)];
  const unknownNames = names.filter((name) => state.sites.get(name) === undefined);
  if (unknownNames.length > 0) return unknown("site", unknownNames.join(", "), []);
  const busy = names.filter((name) => !canBeTakenUp(state, name));
  if (busy.length > 0) return { refused: `not at an end, so there is nothing to repeat: ${busy.join(", ")}` };
  const chosen = sitesToRetry(state, { sites: names, outcomes });
  if (chosen.length === 0) return { refused: `no site is ${outcomes.join(" or ")}` };
  if (state.finished === undefined && (state.halted ?? state.aborting ?? state.rollback) !== undefined) {
    return { refused: "the rollout is coming to its end; retry once it is there" };
  }
  if (state.finished?.result === "superseded") return { refused: "another run has taken this one's place" };
  return reopening(state, { type: "rollout-reopened", kind: "retry", by, sites: chosen }, now);
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

/** The sites that a retry means: those that it names, else those with one of its outcomes. */
export function sitesToRetry(
  state: RolloutState,
  { sites, outcomes }: Pick<RolloutRequest & { type: "retry" }, "sites" | "outcomes">,
): readonly string[] {
  if (sites.length > 0) return sites;
  return [...state.sites.values()]
    .filter(({ outcome }) => outcome !== undefined && outcomes.includes(outcome))
    .map(({ site }) => site);
}

/** Sites that have been deferred for too long are given up with it. */
function catchUp(state: RolloutState, request: RolloutRequest & { type: "catch-up" }, now: number): Answer {
  const { by, frozen, before } = request;
  const sites = [...new Set(request.sites)];
  const others = sites.filter((name) => state.sites.get(name)?.outcome !== "deferred");
  if (others.length > 0) return { refused: `not deferred in this rollout: ${others.join(", ")}` };
  if (state.finished === undefined) return { refused: "the rollout is under way; catch up once it has ended" };
  if (state.finished.result === "superseded") return { refused: "another run has taken this one's place" };
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

/** While sites are in flight the rollout halts first; what was changed goes back once nothing runs any more. */
function rollback(state: RolloutState, { by, wave, reason }: RolloutRequest & { type: "rollback" }): Answer {
  if (wave !== undefined && !state.waves.some(({ plan }) => plan.name === wave)) {
    return unknown(
      "wave",
      wave,
      state.waves.map(({ plan }) => plan.name),
    );
  }
  if (state.rollback !== undefined && state.finished === undefined) return { refused: "a rollback is under way" };
  const told = reason ?? `rollback asked for by ${by}`;
  const planned = rollbackOf(state, { by, reason: told, wave });
  if (state.finished === undefined) {
    if (state.aborting !== undefined) return { refused: "the rollout is being aborted; roll back once it has ended" };
    if (state.halted !== undefined) return { refused: "the rollout is coming to its end; roll back once it is there" };
    const takeBack = { by, ...(wave === undefined ? {} : { wave }) };
    return events([{ type: "rollout-halted", reason: told, ...(wave === undefined ? {} : { wave }), takeBack }]);
  }
  if (state.finished.result === "superseded") return { refused: "another run has taken this one's place" };
  if (planned.sites.length > 0) return events([planned]);
  const stay = planned.without.map(({ site, reason: why }) => `${site}: ${why}`).join("; ");
  return { refused: `no site can go back${stay === "" ? ", because none was changed" : `: ${stay}`}` };
}

function evidence(state: RolloutState, request: RolloutRequest & { type: "evidence" }): Answer {
  const { by, site: name, result, detail } = request;
  const site = state.sites.get(name);
  if (site === undefined) return unknown("site", name, []);
  if (state.finished?.result === "superseded") return { refused: "another run has taken this one's place" };
  if (site.phase !== "final") return { refused: `site ${name} has no end yet, so nothing of it is late` };
  if (site.attempt === 0) return { refused: `site ${name} was not run, so it can tell nothing of the release` };
  if (site.direction === "back") return { refused: `site ${name} was taken back, and no longer has the release` };
  const same =
    result === "fail" ? site.outcome === "failed" : site.outcome === "succeeded" || site.outcome === "unchanged";
  return events(same ? [] : [{ type: "evidence-recorded", site: name, result, detail, by }]);
}

function events(list: readonly RolloutEvent[]): Answer {
  return { events: list };
}

function ended({ finished }: RolloutState): Answer {
  return { refused: `the rollout has ended as ${finished?.result ?? ""}` };
}

function unknown(word: string, name: string, known: readonly string[]): Answer {
  return { refused: `the rollout has no ${word} ${name}${known.length === 0 ? "" : `; it has ${known.join(", ")}`}` };
}

function optional({ by, reason }: { readonly by: string; readonly reason?: string }) {
  return { by, ...(reason === undefined ? {} : { reason }) };
}
