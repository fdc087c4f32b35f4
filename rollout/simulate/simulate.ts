import { afterRun } from "../afterRun";
import { withoutRun } from "../decide/command";
import { type Command, decide } from "../decide/decide";
import { gatesOf } from "../decide/gating";
import { waveHold } from "../decide/holds/ofWave";
import { sitesAtRelease } from "../decide/waveGates";
import { eventVersion, type RolloutEvent, type SiteFinished } from "../events";
import { applyEvent } from "../fold";
import { currentWave, type GateState, type RolloutState, type SiteState, type WaveState } from "../state";
import { whyRollout } from "../why";
import { Agenda } from "./agenda";
import type { Behaviour } from "./behaviour";
import type { Random } from "./random";

/** How one simulated rollout went. */
export interface Simulated {
  readonly state: RolloutState;
  /** Milliseconds since the epoch: its end, or when nothing could happen any more. */
  readonly endedAt: number;
  /** Sites of which a run began and was not found to be unnecessary: those that the release reached, for better or worse. */
  readonly reached: number;
  /** What it waits for if it has no end; undefined if it has. */
  readonly stuck: string | undefined;
}

/**
 * Takes a rollout to its end against sites that behave as given, from any state: a plan that has not begun, or a rollout
 * that is under way. The decisions are the driver's own; only time and sites are made up. Pure: the same state, behaviour
 * and random numbers give the same end.
 * @param now milliseconds since the epoch.
 * @param onState told of each state on the way.
 */
export function simulate(
  state: RolloutState,
  behaviour: Behaviour,
  random: Random,
  now: number,
  onState?: (state: RolloutState) => void,
): Simulated {
  return new Simulation(behaviour, random, now, onState).run(state);
}

class Simulation {
  private readonly agenda = new Agenda<(state: RolloutState) => RolloutState>();
  private readonly waited = new Set<number>();
  private readonly approved = new Set<string>();

  constructor(
    private readonly behaviour: Behaviour,
    private readonly random: Random,
    private now: number,
    private readonly onState: ((state: RolloutState) => void) | undefined,
  ) {}

  run(from: RolloutState): Simulated {
    // Where nobody sees the states on the way, the large tables need not be kept for each of them.
    const seen = this.onState !== undefined;
    let state = this.inFlight(seen ? from : { ...from, sites: from.sites.draft(), domains: from.domains.draft() });
    for (;;) {
      const commands = decide(state, this.now);
      for (const command of commands) state = this.carryOut(state, command);
      if (state.finished !== undefined || state.interrupted !== undefined) break;
      if (commands.some(({ type }) => type !== "wait")) continue;
      this.approve(state);
      const next = this.agenda.nextAt();
      if (next === undefined) break;
      this.now = Math.max(this.now, next);
      state = this.agenda.take()?.(state) ?? state;
    }
    if (!seen) state = { ...state, sites: state.sites.settled(), domains: state.domains.settled() };
    const stuck =
      state.finished === undefined ? (whyRollout(state, this.now)?.condition ?? "nothing happens") : undefined;
    return { state, endedAt: this.now, reached: reachedSites(state), stuck };
  }

  /** What a driver is doing already goes on here. */
  private inFlight(state: RolloutState): RolloutState {
    for (const site of state.sites.values()) {
      if (site.phase === "running") this.startRun(site);
      for (const { gate, watched, began } of site.phase === "gating" ? site.gates : []) {
        if (watched) this.watch(state, site, gate, began);
      }
      if (site.staging?.phase === "asking") this.stage(state, site);
    }
    for (const wave of state.waves) {
      for (const { gate, watched, began } of wave.gates) if (watched) this.watchWave(state, wave, gate, began);
    }
    return state;
  }

  private carryOut(state: RolloutState, command: Command): RolloutState {
    switch (command.type) {
      case "record":
        return this.record(state, ...command.events);
      case "start-site": {
        const { site, attempt } = command;
        const impassable = impassableReason(siteOf(state, site));
        if (impassable !== undefined) return this.record(state, withoutRun(siteOf(state, site), "failed", impassable));
        const next = this.record(state, { type: "site-started", site, attempt, token: attempt });
        this.startRun(siteOf(next, site));
        return next;
      }
      case "stage-site":
        this.stage(state, siteOf(state, command.site));
        return this.record(state, { type: "site-staging", site: command.site });
      case "check-gate": {
        const next = this.record(state, { type: "gate-started", site: command.site, gate: command.gate });
        const site = siteOf(next, command.site);
        // A gate that a driver before has looked at goes on with the time that it has left.
        this.watch(next, site, command.gate, beganAt(site.gates, command.gate) ?? this.now);
        return next;
      }
      case "check-wave-gate": {
        const { wave, gate } = command;
        const next = this.record(state, { type: "wave-gate-started", wave, gate });
        this.watchWave(next, waveOf(next, wave), gate, beganAt(waveOf(next, wave).gates, gate) ?? this.now);
        return next;
      }
      case "wait":
        if (!this.waited.has(command.until)) this.agenda.put(command.until, (same) => same);
        this.waited.add(command.until);
        return state;
    }
  }

  private startRun(site: SiteState): void {
    const { seconds: each, ends: outcome } = this.behaviour.run(site, this.random);
    const seconds = each * (1 + hopsLeft(site));
    const reason = outcome === "succeeded" || outcome === "unchanged" ? {} : { reason: "simulated" };
    const end: SiteFinished = {
      type: "site-finished",
      site: site.site,
      outcome,
      ...reason,
      seconds,
      resources: 0,
      changes: {},
    };
    const begun = site.startedAt ?? this.now;
    this.agenda.put(Math.max(this.now, begun + seconds * 1000), (state) =>
      this.record(state, ...afterRun(state, [end], this.now)),
    );
  }

  private watch(state: RolloutState, site: SiteState, name: string, began: number): void {
    const gate = gatesOf(state, site).find((other) => other.name === name);
    if (gate === undefined) throw new Error(`site ${site.site} has no gate ${name}`);
    const { seconds, verdict } = this.behaviour.gate(gate, this.random);
    // A soak counts from the site's change, the others from when they were first asked.
    const from = gate.type === "soak" ? (site.changedAt ?? began) : began;
    this.agenda.put(Math.max(this.now, from + seconds * 1000), (next) =>
      this.record(next, { type: "gate-finished", site: site.site, gate: name, verdict, reason: "simulated" }),
    );
  }

  private watchWave(state: RolloutState, wave: WaveState, name: string, began: number): void {
    const gate = wave.plan.waveGates?.find((other) => other.name === name);
    if (gate === undefined) throw new Error(`wave ${wave.plan.name} has no gate ${name}`);
    const { seconds, verdict } = this.behaviour.gate(gate, this.random);
    const changes = sitesAtRelease(state, wave).map((site) => state.sites.get(site)?.changedAt ?? began);
    const from = gate.type === "soak" ? changes.reduce((a, b) => Math.max(a, b), -Infinity) : began;
    const asked = { wave: wave.plan.name, gate: name };
    this.agenda.put(Math.max(this.now, from + seconds * 1000), (next) =>
      // Late evidence may have halted what waited for it.
      isWatched(waveOf(next, asked.wave), name)
        ? this.record(next, { type: "wave-gate-finished", ...asked, verdict, reason: "simulated" })
        : next,
    );
  }

  private stage({ startedAt }: RolloutState, site: SiteState): void {
    const until = startedAt + 1000 * (this.behaviour.stagingSeconds?.(site) ?? 0);
    const found = until > this.now ? { missing: "it is still under way", until } : { proof: "simulated" };
    this.agenda.put(this.now, (state) => this.record(state, { type: "site-staged", site: site.site, ...found }));
  }

  /** As many people as the wave asks for, once it is its turn. */
  private approve(state: RolloutState): void {
    const wave = currentWave(state);
    const approval = wave?.plan.approval;
    const { approvalSeconds } = this.behaviour;
    if (wave === undefined || approval === undefined || approvalSeconds === undefined) return;
    // A wave that has not been started and waits neither for another one nor for time waits for people.
    const { name } = wave.plan;
    const isAsked = wave.startedAt === undefined && waveHold(state, wave, this.now)?.status === "blocked";
    if (!isAsked || this.approved.has(name)) return;
    this.approved.add(name);
    this.agenda.put(this.now + approvalSeconds * 1000, (next) =>
      this.record(
        next,
        ...Array.from({ length: approval.count }, (_, index) => ({
          type: "approved" as const,
          wave: name,
          by: `person ${index + 1}`,
          ...(approval.signed ? { signed: { text: "", signature: "", fingerprint: "" } } : {}),
        })),
      ),
    );
  }

  private record(state: RolloutState, ...events: readonly RolloutEvent[]): RolloutState {
    return events.reduce((before, event) => {
      const sequence = before.sequence + 1;
      const after = applyEvent(before, { run: before.run, sequence, at: this.now, version: eventVersion, event });
      this.onState?.(after);
      return after;
    }, state);
  }
}

function siteOf(state: RolloutState, name: string): SiteState {
  const site = state.sites.get(name);
  if (site === undefined) throw new Error(`site ${name} is not in the rollout`);
  return site;
}

function waveOf({ waves }: RolloutState, name: string): WaveState {
  const wave = waves.find(({ plan }) => plan.name === name);
  if (wave === undefined) throw new Error(`wave ${name} is not in the rollout`);
  return wave;
}

function beganAt(gates: readonly GateState[], name: string): number | undefined {
  return gates.find(({ gate }) => gate === name)?.began;
}

function isWatched({ gates }: WaveState, name: string): boolean {
  return gates.some(({ gate, watched }) => watched && gate === name);
}

/** As the driver has it: such a site fails without a run when its turn comes. */
function impassableReason({ direction, before }: SiteState): string | undefined {
  return direction === "forward" ? before?.impassable : undefined;
}

/** Releases on the way that the site has not reached; each costs a run of its own. */
function hopsLeft({ direction, before, hopped }: SiteState): number {
  return direction === "back" ? 0 : (before?.hops ?? []).filter((hop) => !hopped.includes(hop)).length;
}

function reachedSites({ sites }: RolloutState): number {
  let reached = 0;
  for (const { attempt, outcome } of sites.values()) if (attempt > 0 && outcome !== "unchanged") reached += 1;
  return reached;
}
