import { expect } from "chai";

import { decide } from "../../../rollout/decide/decide";
import { outcomes, type Outcome, type RecordedEvent } from "../../../rollout/events";
import { applyEvent } from "../../../rollout/fold";
import type { RolloutState, SiteState } from "../../../rollout/state";
import { why } from "../../../rollout/why";
import { openAt } from "../../../rollout/windows/windows";

/** The rules of a rollout, told once more and by other means than the driver's: by counting sites. */

/** For what is asked thousands of times, where an assertion's words cost more than the rule. */
function must(holds: boolean, what: string): void {
  if (!holds) expect.fail(what);
}

const inFlight = ({ phase }: SiteState) => phase === "running" || phase === "gating";

function tallyOf(sites: readonly SiteState[]): Record<Outcome, number> {
  return Object.fromEntries(
    outcomes.map((outcome) => [outcome, sites.filter((site) => site.outcome === outcome).length]),
  ) as Record<Outcome, number>;
}

/** The counts that a state carries are those of its sites. */
export function expectHonestCounts(state: RolloutState): void {
  const sites = [...state.sites.values()];
  expect(state.tally).to.deep.equal(tallyOf(sites));
  expect(state.running).to.equal(sites.filter(inFlight).length);
  expect(state.gating).to.equal(sites.filter(({ phase }) => phase === "gating").length);
  expect([...state.inFlight].sort()).to.deep.equal(
    sites
      .filter(inFlight)
      .map(({ site }) => site)
      .sort(),
  );
  const forward = sites.filter(({ phase, direction }) => phase === "pending" && direction === "forward");
  const staging = (phase: string) => forward.filter((site) => site.staging?.phase === phase).map(({ site }) => site);
  expect(state.staging.asking).to.equal(staging("asking").length);
  expect([...state.staging.missing].sort()).to.deep.equal(staging("missing").sort());
  const catchUp = sites.filter((site) => site.catchUp);
  expect(state.catchUp).to.deep.equal({
    pending: catchUp.filter(({ phase }) => phase === "pending").length,
    running: catchUp.filter(inFlight).length,
  });
  for (const wave of state.waves) {
    const members = sites.filter((site) => site.wave === wave.plan.name);
    expect(wave.tally).to.deep.equal(tallyOf(members));
    expect(wave.running).to.equal(members.filter(inFlight).length);
    expect(wave.pending).to.equal(members.filter(({ phase }) => phase === "pending").length);
    const first = wave.plan.sites.findIndex((name) => state.sites.get(name)?.phase === "pending");
    const toStage = wave.plan.sites.findIndex((name) => {
      const { phase, direction, frozen, staging: found } = state.sites.get(name)!;
      return phase === "pending" && direction === "forward" && !frozen.offline && found === undefined;
    });
    expect(wave.nextStaging).to.be.at.most(toStage === -1 ? wave.plan.sites.length : toStage);
    expect(wave.nextPending).to.be.at.most(first === -1 ? wave.plan.sites.length : first);
  }
  for (const domain of Object.keys(state.plan.failureDomains?.domains ?? {})) {
    const members = sites.filter(({ frozen }) => frozen.domain === domain);
    expect(state.domains.get(domain)?.tally).to.deep.equal(tallyOf(members));
    expect(state.domains.get(domain)?.running).to.equal(members.filter(inFlight).length);
  }
}

export function expectCapsHeld(state: RolloutState): void {
  const { plan } = state;
  const busy = state.inFlight.map((name) => state.sites.get(name)!);
  const held = (sites: number, most: number, where: string) =>
    must(sites <= most, `${sites} of ${most} in flight: ${where}`);
  held(busy.length, plan.maxConcurrency, "rollout");
  held(busy.filter((site) => site.catchUp).length, plan.catchUp.maxConcurrency, "catch-up");
  for (const wave of plan.waves)
    held(busy.filter((site) => site.wave === wave.name).length, wave.maxConcurrency, wave.name);
  const most = plan.failureDomains?.maxConcurrency;
  if (most === undefined) return;
  for (const domain of Object.keys(plan.failureDomains?.domains ?? {})) {
    held(busy.filter(({ frozen }) => frozen.domain === domain).length, most, domain);
  }
}

/** Budgets, by counting; the first that is exceeded, in words. */
export function overspent(state: RolloutState): string | undefined {
  const { plan } = state;
  const sites = [...state.sites.values()];
  const scopes = [
    { name: "rollout", limits: plan, members: sites },
    ...plan.waves.map((wave) => ({
      name: wave.name,
      limits: wave,
      members: sites.filter((s) => s.wave === wave.name),
    })),
    ...Object.entries(plan.failureDomains?.domains ?? {}).map(([domain, limits]) => ({
      name: domain,
      limits,
      members: sites.filter(({ frozen }) => frozen.domain === domain),
    })),
  ];
  const wavesLeft = state.waves.some(({ finishedAt }) => finishedAt === undefined);
  for (const { name, limits, members } of scopes) {
    const failed = members.filter(({ outcome }) => outcome === "failed").length;
    const deferred = members.filter(({ outcome }) => outcome === "deferred").length;
    if (plan.onFailure !== "continue" && failed > (limits.maxFailures ?? Infinity)) return `${name}: ${failed} failed`;
    if (wavesLeft && deferred > (limits.maxDeferred ?? Infinity)) return `${name}: ${deferred} deferred`;
  }
  return undefined;
}

/** What has to be true when a site is started. */
export function expectStartAllowed(before: RolloutState, { event, at }: RecordedEvent): void {
  if (event.type !== "site-started") return;
  const site = before.sites.get(event.site)!;
  const index = before.plan.waves.findIndex(({ name }) => name === site.wave);
  const wave = before.waves[index]!;
  expect(site.phase).to.equal("pending");
  expect(before.paused, "paused").to.equal(undefined);
  expect(before.stopping, "stopping").to.equal(undefined);
  expect(before.aborting, "aborting").to.equal(undefined);
  expect(before.finished, "finished").to.equal(undefined);
  expect(site.notBefore ?? 0, "repeat").to.be.at.most(at);
  expect(why(before, site.site, at)?.condition).to.match(/^it is about to be started/);
  if (site.direction === "back") {
    expect(event.release).to.equal(site.before?.release);
    const later = before.waves.slice(index + 1);
    expect(later.every(({ running, pending }) => running + pending === 0)).to.equal(true);
    return;
  }
  expect(event.release).to.equal(undefined);
  expect(site.frozen.offline, "offline").to.equal(undefined);
  if (before.plan.preStage) expect(site.staging?.phase).to.equal("present");
  const calendars = [
    before.plan.maintenance,
    wave.plan.maintenance,
    ...(site.frozen.maintenance ? [site.frozen.maintenance] : []),
  ];
  expect(openAt(calendars, site.frozen.timeZone ?? "UTC", at).open, "window").to.equal(true);
  if (site.cutOff) return;
  expect(before.halted, "halted").to.equal(undefined);
  expect(overspent(before)).to.equal(undefined);
  const { deadlineSeconds } = before.plan;
  if (deadlineSeconds !== undefined) expect(at).to.be.below(before.openedAt + deadlineSeconds * 1000);
  if (site.catchUp) return;
  expect(wave.startedAt).not.to.equal(undefined);
  expect(before.waves.slice(0, index).every(({ finishedAt }) => finishedAt !== undefined)).to.equal(true);
  if (wave.plan.deadlineSeconds !== undefined)
    expect(at).to.be.below(wave.startedAt! + wave.plan.deadlineSeconds * 1000);
}

/** What has to be true when a wave is started. */
export function expectWaveAllowed(before: RolloutState, { event, at }: RecordedEvent): void {
  if (event.type !== "wave-started") return;
  const index = before.plan.waves.findIndex(({ name }) => name === event.wave);
  const wave = before.waves[index]!;
  const earlier = before.waves[index - 1];
  expect(before.halted ?? before.paused ?? before.aborting ?? before.rollback).to.equal(undefined);
  for (const { plan, gates, tally } of before.waves.slice(0, index)) {
    for (const { name, onInconclusive } of plan.waveGates ?? []) {
      if (tally.succeeded + tally.unchanged === 0 || before.plan.onFailure === "continue") continue;
      const gate = gates.find((other) => other.gate === name);
      const said = gate?.acceptedBy === undefined ? gate?.verdict?.verdict : "pass";
      const excused = said === "inconclusive" && (onInconclusive ?? before.plan.onInconclusive) === "pass";
      // Of a run that was opened again, what was over before is not asked again; it did not fail, either.
      const over = said === undefined && before.openedAt > before.startedAt;
      must(
        said === "pass" || excused || over,
        `wave ${event.wave} starts, and gate ${name} of ${plan.name} says ${said}`,
      );
    }
  }
  if (earlier?.soak !== undefined) expect(earlier.soak.until).to.be.at.most(at);
  // A wave in which nothing is left to do needs nobody's word.
  const left = wave.plan.sites.some((name) => before.sites.get(name)?.phase !== "final");
  if (wave.plan.approval !== undefined && left) {
    const valid = wave.approvals.filter(
      ({ expires, signed }) => at < (expires ?? Infinity) && (signed !== undefined || !wave.plan.approval?.signed),
    );
    expect(new Set(valid.map(({ by }) => by)).size).to.be.at.least(wave.plan.approval.count);
  }
}

/** `why` answers for each name, and never with nothing. */
export function expectAnswers(state: RolloutState, names: Iterable<string>): void {
  for (const name of names) {
    const answer = why(state, name, state.at);
    must(/\S/.test(answer?.condition ?? ""), `${name} has no condition`);
    must(/\S/.test(answer?.remedy ?? ""), `${name} has no remedy`);
    must((answer?.since ?? Infinity) <= state.at, `${name} is so since ${answer?.since}, it is ${state.at}`);
    const site = state.sites.get(name);
    if (site !== undefined)
      must((answer?.status === "final") === (site.phase === "final"), `${name} is ${answer?.status}`);
  }
}

/** The same state is decided in the same way, and what is decided can happen. */
export function expectDecidable(state: RolloutState): void {
  const commands = decide(state, state.at);
  expect(decide(state, state.at)).to.deep.equal(commands);
  let next = state;
  const started = new Set<string>();
  for (const command of commands) {
    if (command.type === "record") {
      for (const event of command.events) {
        next = applyEvent(next, { run: next.run, sequence: next.sequence + 1, at: state.at, version: 2, event });
      }
    }
    if (command.type === "start-site") {
      expect(started.has(command.site)).to.equal(false);
      started.add(command.site);
      expect(why(state, command.site, state.at)?.condition).to.match(/^it is about to be started/);
    }
  }
  // Where only time or somebody else can change something, nobody is told that it goes on by itself at once.
  if (commands.some(({ type }) => type !== "wait") || state.finished !== undefined) return;
  for (const site of state.sites.values()) {
    if (site.phase !== "pending") continue;
    must(!/about to be started/.test(why(state, site.site, state.at)?.condition ?? ""), `${site.site} is not started`);
  }
}
