import type { ResolvedSite } from "../../fleet/model";
import { gatesOf } from "../decide/gating";
import { sitesAtRelease } from "../decide/waveGates";
import type { GateAnswered, GateFinished, RolloutEvent } from "../events";
import type { GateAnswer } from "../gates/answer";
import type { GateProbe } from "../gates/probe";
import { type GateProgress, gateProgress } from "../gates/progress";
import { type Check, runGate } from "../gates/runGate";
import { releaseOf, type RolloutState, type WaveState } from "../state";
import { gone, type Loop } from "./loop";
import type { RolloutRun } from "./options";

/** How often a gate's new detail is kept while its answer is the same, in milliseconds. */
const detailsEvery = 60_000;

/** Looks at gates for a driver, each until it has a verdict or the driver stops. It decides nothing. */
export class GateWork {
  private readonly sites: ReadonlyMap<string, ResolvedSite>;
  private readonly probe: GateProbe;
  /** By wave, what ends the look at its gate. */
  private readonly ofWaves = new Map<string, AbortController>();

  constructor(
    private readonly options: RolloutRun,
    /** What asks running sites to stop; another one after an abort. */
    private readonly signal: () => AbortSignal,
    /** Ends with the drive. */
    private readonly over: AbortSignal,
    private readonly loop: Loop,
  ) {
    this.sites = new Map(options.fleet.sites.map((site) => [site.name, site]));
    this.probe = options.probe ?? nobodyAsks;
  }

  async check(name: string, gateName: string): Promise<void> {
    const { fleet, clock } = this.options;
    const before = siteIn(this.loop.state(), name);
    const gate = gatesOf(this.loop.state(), before).find((other) => other.name === gateName);
    if (gate === undefined) throw new Error(`site ${name} has no gate ${gateName}`);
    await this.loop.record([{ type: "gate-started", site: name, gate: gateName }]);
    const state = this.loop.state();
    const known = siteIn(state, name);
    const { token, promotion, changedAt, gates } = known;
    const began = gates.find((other) => other.gate === gateName)?.began ?? clock.now();
    const send = (event: RolloutEvent) => this.loop.send({ type: "happened", site: name, token, event });
    const site = this.sites.get(name);
    if (site === undefined) {
      return send({ type: "gate-finished", site: name, gate: gateName, verdict: "inconclusive", reason: gone(name) });
    }
    const request = { gate, site, release: releaseOf(state, known), fleet, commit: promotion?.to, changedAt };
    void this.look(
      gateProgress(gate, began, changedAt),
      (signal) => this.probe.check(request, signal),
      this.signal(),
      (answer) => send({ type: "gate-answered", site: name, gate: gateName, ...answer }),
      (verdict) => send({ type: "gate-finished", site: name, gate: gateName, ...verdict }),
    );
  }

  async checkWave(name: string, gateName: string): Promise<void> {
    const { fleet, clock, rollout } = this.options;
    const gate = waveIn(this.loop.state(), name).plan.waveGates?.find((other) => other.name === gateName);
    if (gate === undefined) throw new Error(`wave ${name} has no gate ${gateName}`);
    await this.loop.record([{ type: "wave-gate-started", wave: name, gate: gateName }]);
    const state = this.loop.state();
    const wave = waveIn(state, name);
    const began = wave.gates.find((other) => other.gate === gateName)?.began ?? clock.now();
    const round = wave.gateRound;
    const send = (event: RolloutEvent) => this.loop.send({ type: "happened-to-wave", wave: name, round, event });
    const sites = sitesAtRelease(state, wave);
    const changes = sites.flatMap((site) => state.sites.get(site)?.changedAt ?? []);
    const changedAt = changes.length === 0 ? undefined : changes.reduce((a, b) => Math.max(a, b));
    const request = { gate, rollout: rollout.name, wave: name, sites, release: state.release, fleet };
    // A wave is asked anew while nobody has ended the look of before: its sites are others now.
    this.ofWaves.get(name)?.abort();
    const look = new AbortController();
    this.ofWaves.set(name, look);
    void this.look(
      gateProgress(gate, began, changedAt),
      (signal) => this.probe.checkWave(request, signal),
      AbortSignal.any([this.signal(), this.over, look.signal]),
      (answer) => send({ type: "wave-gate-answered", wave: name, gate: gateName, ...answer }),
      (verdict) => send({ type: "wave-gate-finished", wave: name, gate: gateName, ...verdict }),
    );
  }

  private async look(
    progress: GateProgress,
    check: Check,
    signal: AbortSignal,
    tellAnswer: (answer: Pick<GateAnswered, "answer" | "detail">) => void,
    tellVerdict: (verdict: Pick<GateFinished, "verdict" | "reason">) => void,
  ): Promise<void> {
    let told: { readonly answer: string; readonly at: number } | undefined;
    const onAnswer = ({ answer, detail }: GateAnswer, at: number) => {
      // A detail that changes with every answer must not fill the ledger.
      if (told?.answer === answer && at < told.at + detailsEvery) return;
      told = { answer, at };
      tellAnswer({ answer, detail });
    };
    try {
      const verdict = await runGate(progress, check, this.options.clock, onAnswer, signal);
      // Aborted: a resumed driver looks again.
      if (verdict !== undefined) tellVerdict(verdict);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      tellVerdict({ verdict: "inconclusive", reason: `it could not be asked: ${why}` });
    }
  }
}

/** Whether what was found out in a round of a wave's gates still says something. */
export function isOfNow(state: RolloutState, name: string, round: number): boolean {
  return state.finished === undefined && waveIn(state, name).gateRound === round;
}

function siteIn(state: RolloutState, name: string) {
  const site = state.sites.get(name);
  if (site === undefined) throw new Error(`site ${name} is not in this rollout`);
  return site;
}

function waveIn({ waves }: RolloutState, name: string): WaveState {
  const wave = waves.find(({ plan }) => plan.name === name);
  if (wave === undefined) throw new Error(`wave ${name} is not in this rollout`);
  return wave;
}

const nobodyAsks: GateProbe = {
  check: async () => ({ answer: "inconclusive", detail: "nobody can ask here" }),
  checkWave: async () => ({ answer: "inconclusive", detail: "nobody can ask here" }),
};
