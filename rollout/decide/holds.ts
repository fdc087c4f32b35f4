import { describeExceeded, exceededBudget } from "../budget";
import { currentWave, type RolloutState, type SiteState, sitesLeft, type WaveState } from "../state";
import { windowsOf } from "./windows";

/**
 * A condition that is not met. `decide` starts nothing while there is one and `why` tells the first one: because both
 * ask here, the answer to "why is it waiting?" is the reason itself.
 */
export interface Hold {
  /** `waiting` ends by itself; `blocked` needs somebody. */
  readonly status: "waiting" | "blocked";
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When it may end by itself; undefined if time does not end it. */
  readonly until: number | undefined;
  /** For people; only made when somebody asks, because a fleet has thousands of holds that nobody looks at. */
  readonly condition: () => string;
  /** What would change it. */
  readonly remedy: string;
}

/** What holds every start, in the order in which the driver looks at it; undefined if nothing does. */
export function rolloutHold(state: RolloutState, now: number): Hold | undefined {
  return endHold(state) ?? haltHold(state) ?? budgetHold(state) ?? deadlineOfAll(state, now) ?? pauseHold(state);
}

/** What holds a start that even a halt does not hold: of a site that goes back, or whose run was cut off. */
export function unhaltedHold(state: RolloutState): Hold | undefined {
  return endHold(state) ?? pauseHold(state);
}

/** What holds the sites of a wave that are to go back; undefined if nothing does. */
export function backHold(state: RolloutState, wave: WaveState): Hold | undefined {
  const first = state.waves.findLast(({ running, pending }) => running + pending > 0);
  return unhaltedHold(state) ?? (first === undefined || first === wave ? undefined : orderHold(state, first));
}

function endHold(state: RolloutState): Hold | undefined {
  const { aborting, stopping } = state;
  if (stopping !== undefined && sitesLeft(state) > 0) {
    return blocked(
      stopping.at,
      () => `the driver is stopping: ${stopping.reason}`,
      "start the rollout again to resume it",
    );
  }
  if (aborting !== undefined) {
    return blocked(
      aborting.at,
      () => `the rollout is being aborted by ${aborting.by}${because(aborting.reason)}`,
      "nothing; start the rollout again to take its sites up",
    );
  }
  return undefined;
}

function haltHold({ halted }: RolloutState): Hold | undefined {
  if (halted === undefined) return undefined;
  return blocked(
    halted.at,
    () => `halted: ${halted.reason}`,
    "running sites finish; then remove the cause and run: edgewave rollout retry",
  );
}

function pauseHold({ paused }: RolloutState): Hold | undefined {
  if (paused === undefined) return undefined;
  return blocked(
    paused.at,
    () => `the rollout was paused by ${paused.by}${because(paused.reason)}`,
    "edgewave rollout resume",
  );
}

function deadlineOfAll(state: RolloutState, now: number): Hold | undefined {
  const deadline = rolloutDeadline(state);
  if (deadline === undefined || now < deadline) return undefined;
  return blocked(
    deadline,
    () => `the rollout's deadline has passed (${iso(deadline)})`,
    "edgewave rollout retry opens it again for as long",
  );
}

function budgetHold(state: RolloutState): Hold | undefined {
  const exceeded = exceededBudget(state);
  if (exceeded === undefined) return undefined;
  const label = state.plan.failureDomains?.label;
  return blocked(state.at, () => describeExceeded(exceeded, label), "raise the budget, or remove the cause and retry");
}

/** What holds a wave that is not its turn, has not been started, or whose time is over; undefined if nothing does. */
export function waveHold(state: RolloutState, wave: WaveState, now: number): Hold | undefined {
  const current = currentWave(state);
  // After the last wave there is nothing but the catch-up, which knows no waves.
  if (current === undefined) return undefined;
  if (current !== wave) return orderHold(state, current);
  if (wave.startedAt !== undefined) return deadlineHold(wave, now);
  const before = state.waves[state.waves.indexOf(wave) - 1];
  if (before?.soak !== undefined && before.soak.endedAt === undefined) return soakHold(before, now);
  return approvalHold(wave, before, state, now);
}

/** What holds one pending site of a wave that is under way; undefined if it can be started. */
export function siteHold(state: RolloutState, wave: WaveState, site: SiteState, now: number): Hold | undefined {
  return (
    retryHold(site, now) ??
    // A release that has to be taken back waits for no window.
    (site.direction === "back" ? undefined : (stagingHold(state, wave, site) ?? windowHold(state, wave, site, now))) ??
    domainHold(state, site)
  );
}

export function rolloutDeadline({ plan, openedAt }: RolloutState): number | undefined {
  return plan.deadlineSeconds === undefined ? undefined : openedAt + plan.deadlineSeconds * 1000;
}

export function waveDeadline({ plan, startedAt }: WaveState): number | undefined {
  return plan.deadlineSeconds === undefined || startedAt === undefined
    ? undefined
    : startedAt + plan.deadlineSeconds * 1000;
}

/** Distinct people whose approval holds at that time. */
export function approvers(wave: WaveState, now: number): string[] {
  const { approval } = wave.plan;
  const valid = wave.approvals.filter(
    ({ expires, signed }) =>
      (expires === undefined || now < expires) && (approval?.signed !== true || signed !== undefined),
  );
  return [...new Set(valid.map(({ by }) => by))];
}

function deadlineHold(wave: WaveState, now: number): Hold | undefined {
  const deadline = waveDeadline(wave);
  if (deadline === undefined || now < deadline) return undefined;
  return blocked(
    deadline,
    () => `the deadline of wave ${wave.plan.name} has passed (${iso(deadline)})`,
    "edgewave rollout retry opens the wave again for as long",
  );
}

function orderHold(state: RolloutState, current: WaveState): Hold {
  const { name } = current.plan;
  const left = current.running + current.pending;
  return waiting(
    current.startedAt ?? state.startedAt,
    () => `wave ${name} comes first and has ${left} ${left === 1 ? "site" : "sites"} left`,
    `wave ${name} has to finish; edgewave why ${name} tells what it waits for`,
  );
}

function soakHold({ plan, soak }: WaveState, now: number): Hold | undefined {
  if (soak === undefined) return undefined;
  const left = Math.max(0, Math.ceil((soak.until - now) / 1000));
  return waiting(
    soak.from,
    () => `wave ${plan.name} soaks until ${iso(soak.until)}, ${left} s more`,
    "time; a shorter soak in the file counts from the next rollout on",
    soak.until,
  );
}

function approvalHold(wave: WaveState, before: WaveState | undefined, state: RolloutState, now: number) {
  const { approval, name } = wave.plan;
  // Of a wave in which nothing is left to do there is nothing to approve.
  if (approval === undefined || wave.pending === 0) return undefined;
  const have = approvers(wave, now).length;
  if (have >= approval.count) return undefined;
  const signed = approval.signed ? " signed" : "";
  return blocked(
    before?.soak?.endedAt ?? before?.finishedAt ?? state.openedAt,
    () => `wave ${name} waits for approval: ${have} of ${approval.count}${signed}`,
    `edgewave rollout approve ${name}`,
  );
}

function retryHold({ notBefore, reason, finishedAt, startedAt, retries }: SiteState, now: number): Hold | undefined {
  if (notBefore === undefined || now >= notBefore) return undefined;
  return waiting(
    finishedAt ?? startedAt ?? now,
    () => `repeat ${retries} comes at ${iso(notBefore)}: ${reason ?? ""}`,
    "time; or edgewave rollout abort",
    notBefore,
  );
}

function stagingHold(
  { plan, openedAt }: RolloutState,
  { startedAt }: WaveState,
  { staging, site }: SiteState,
): Hold | undefined {
  if (!plan.preStage || staging?.phase === "present") return undefined;
  if (staging?.phase !== "missing") {
    return waiting(
      staging?.since ?? startedAt ?? openedAt,
      () => `the content of ${site} is not proven present at its bastion yet`,
      "the bastion is asked by and by, a few sites at once",
    );
  }
  return waiting(
    staging.since,
    () => `the content of ${site} is not at its bastion: ${staging.detail}`,
    "bring it there; the bastion is asked again by itself",
    staging.until,
  );
}

function windowHold(state: RolloutState, wave: WaveState, site: SiteState, now: number): Hold | undefined {
  const open = windowsOf(state.plan).openAt(
    [state.plan.maintenance, wave.plan.maintenance, ...(site.frozen.maintenance ? [site.frozen.maintenance] : [])],
    site.frozen.timeZone ?? "UTC",
    now,
  );
  if (open.open) return undefined;
  const { opensAt, why } = open;
  const when = opensAt === undefined ? "and none opens within 400 days" : `the next one opens at ${iso(opensAt)}`;
  return {
    status: opensAt === undefined ? "blocked" : "waiting",
    since: wave.startedAt ?? state.openedAt,
    until: opensAt,
    condition: () => `no maintenance window is open (${why}); ${when}`,
    remedy: opensAt === undefined ? "give the rollout or the site another window" : "time; the window opens by itself",
  };
}

function domainHold(state: RolloutState, { frozen }: SiteState): Hold | undefined {
  const { domain } = frozen;
  const most = state.plan.failureDomains?.maxConcurrency;
  const inDomain = domain === undefined ? undefined : state.domains.get(domain);
  if (most === undefined || inDomain === undefined || inDomain.running < most) return undefined;
  return waiting(
    state.at,
    () => `${inDomain.running} of at most ${most} sites of ${state.plan.failureDomains?.label} ${domain} are in flight`,
    "it starts when one of them ends",
  );
}

function blocked(since: number, condition: () => string, remedy: string): Hold {
  return { status: "blocked", since, until: undefined, condition, remedy };
}

function waiting(since: number, condition: () => string, remedy: string, until?: number): Hold {
  return { status: "waiting", since, until, condition, remedy };
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${reason}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
