import type { Fleet, Release, ResolvedSite, Rollout } from "../../../fleet/model";
import { gateStep } from "../../../rollout/decide/gating";
import { isAtItsGates, waveGateStep } from "../../../rollout/decide/waveGates";
import { continueRollout, runRollout, type RolloutRun } from "../../../rollout/driver";
import type { RecordedEvent, SiteSuccess } from "../../../rollout/events";
import { foldEvents } from "../../../rollout/fold";
import type { GateAnswer } from "../../../rollout/gates/answer";
import type { GateProbe } from "../../../rollout/gates/probe";
import { planWaves } from "../../../rollout/planWaves";
import type { PreStager } from "../../../rollout/preStage";
import { storedForm } from "../../../rollout/requestForm";
import { answerRequest, type RolloutRequest } from "../../../rollout/requests";
import { currentWave, type RolloutState } from "../../../rollout/state";
import { aFleet } from "../../support/fleet";
import { FakeClock } from "../fakeClock";
import { MemoryLedger } from "../memoryLedger";
import { type Script, ScriptedFleet } from "../scriptedFleet";

/** A rollout with everything that will happen in it. */
export interface Story {
  readonly sites: readonly ResolvedSite[];
  readonly releases: readonly Release[];
  /** The rollout's own release. */
  readonly release: Release;
  readonly rollout: Rollout;
  readonly scripts: Readonly<Record<string, Script>>;
  /** In place of scripts: by site and how often it has been run before. */
  readonly behaves?: (site: string, runs: number) => Script;
  /** What the gates of a site say; the others pass. */
  readonly says: Readonly<Record<string, GateSays>>;
  /** What the gates of a wave say; the others pass. */
  readonly saysOfWaves?: Readonly<Record<string, GateSays>>;
  /** Seconds after the beginning at which a site's content is there; it is there at once for the others. */
  readonly presentAfter: Readonly<Record<string, number>>;
  /** Releases that sites have already. */
  readonly before: Readonly<Record<string, string>>;
  /** What is asked while the rollout goes on, each after the event of that number. */
  readonly asked: readonly { readonly after: number; readonly request: RolloutRequest }[];
  /** What is asked once it has ended; what is refused changes nothing. */
  readonly askedLater: readonly ((state: RolloutState) => RolloutRequest)[];
}

/** `later`: nothing can be said for 20 seconds, then it passes. `hangs`: the check never comes back. */
export type GateSays = "pass" | "fail" | "inconclusive" | "later" | "throws" | "hangs";

export const programDigest = "program";
const mostWakes = 10_000;

/** The fleet of a story, with somebody who answers what waits for an answer. */
export class Telling {
  readonly clock: FakeClock;
  readonly runner: ScriptedFleet;
  readonly ledger: MemoryLedger;
  readonly fleet: Fleet;
  private readonly answered = new Set<string>();
  private readonly began: number;

  /** @param prefix what an earlier driver, that was killed, has left in the ledger. */
  constructor(
    readonly story: Story,
    prefix: readonly RecordedEvent[] = [],
  ) {
    this.clock = new FakeClock(prefix.at(-1)?.at);
    this.began = prefix[0]?.at ?? this.clock.now();
    this.fleet = aFleet({ sites: story.sites, releases: story.releases, rollouts: [story.rollout] });
    const failed = new Map<string, number>();
    for (const { event } of prefix) {
      if (event.type !== "site-finished" && event.type !== "site-retry-scheduled") continue;
      const fails = story.scripts[event.site]?.fails;
      if (fails !== undefined && event.reason?.includes(fails))
        failed.set(event.site, (failed.get(event.site) ?? 0) + 1);
    }
    this.runner = new ScriptedFleet(this.clock, story.behaves ?? story.scripts, failed);
    this.ledger = new MemoryLedger(prefix, successesOf(story));
    for (const [site, release] of Object.entries(story.before)) this.brought(site, release);
    for (const { event } of prefix)
      if ("success" in event && event.success) this.brought(event.site, event.success.release);
  }

  private brought(site: string, release: string): void {
    this.runner.content.set(site, release);
    this.runner.promoted.set(site, release);
  }

  options(more: Partial<RolloutRun> = {}): RolloutRun {
    const { fleet, story, runner, ledger, clock } = this;
    return {
      fleet,
      release: story.release,
      rollout: story.rollout,
      plan: planWaves(fleet.sites, story.rollout),
      signers: [],
      programDigest,
      runner,
      promoter: runner,
      probe: scriptedProbe(story, clock),
      preStager: this.preStager,
      ledger,
      clock,
      requestsEvery: 120_000,
      ...more,
      onEvent: (recorded, state) => {
        this.answer(recorded, state);
        more.onEvent?.(recorded, state);
      },
    };
  }

  run(more: Partial<RolloutRun> = {}): Promise<RolloutState> {
    return this.clock.settle(runRollout(this.options(more)), mostWakes);
  }

  /** Asks something of a run that has ended, and drives what follows from it. */
  async later(state: RolloutState, request: RolloutRequest): Promise<RolloutState> {
    return (await this.asks(state, request)) ? this.resume(state.run) : state;
  }

  /** Goes on with a run. */
  resume(run: string, more: Partial<RolloutRun> = {}): Promise<RolloutState> {
    return this.clock.settle(continueRollout(this.options(more), run), mostWakes);
  }

  /** Records what somebody asks while nobody drives. @returns whether anything follows from it. */
  async asks(state: RolloutState, request: RolloutRequest): Promise<boolean> {
    const answer = answerRequest(state, request, this.clock.now());
    if ("refused" in answer || answer.events.length === 0) return false;
    const lease = await this.ledger.lease("rollout/later");
    await this.ledger.append(lease, state.run, this.clock.now(), answer.events);
    await lease.release();
    return true;
  }

  private readonly preStager: PreStager = {
    prove: async ({ site }) => {
      const at = this.began + (this.story.presentAfter[site.name] ?? 0) * 1000;
      return this.clock.now() >= at ? { present: true, proof: "sha256:1" } : { present: false, missing: ["base"] };
    },
  };

  /** Somebody approves whatever waits for it, ends each pause, and asks what the story has. */
  private answer({ sequence, event }: RecordedEvent, state: RolloutState): void {
    for (const { after, request } of this.story.asked) if (after === sequence) void this.ask(state, request);
    const wave = currentWave(state);
    if (wave?.plan.approval !== undefined && wave.startedAt === undefined) {
      const { name, approval } = wave.plan;
      for (let person = 0; person < approval.count; person += 1) {
        const signed = { text: "t", signature: "s", fingerprint: "f" };
        this.once(`${name} ${person} ${state.openedAt}`, state, {
          type: "approve-wave",
          wave: name,
          by: `person-${person}`,
          ...(approval.signed ? { signed } : {}),
        });
      }
    }
    if (event.type === "gate-finished" || event.type === "driver-resumed") {
      for (const name of state.inFlight) {
        const site = state.sites.get(name);
        const step = site?.phase === "gating" ? gateStep(state, site) : undefined;
        if (step?.type !== "held") continue;
        this.once(`${name} ${site?.token} ${step.gate.gate}`, state, { type: "approve-site", site: name, by: "ana" });
      }
    }
    if (event.type === "wave-gate-finished" || event.type === "driver-resumed") {
      for (const held of state.waves.filter((other) => isAtItsGates(state, other))) {
        const step = waveGateStep(state, held);
        const { name } = held.plan;
        if (step.type !== "held") continue;
        const key = `${name} ${held.gateRound} ${step.gate.gate}`;
        this.once(key, state, { type: "approve-wave", wave: name, by: "ana" });
      }
    }
    if (state.paused !== undefined) {
      const never = new AbortController().signal;
      void this.clock
        .until(this.clock.now() + 90_000, never)
        .then(() => this.once(`paused ${state.paused?.at}`, state, { type: "resume", by: "ana" }));
    }
  }

  private once(key: string, state: RolloutState, request: RolloutRequest): void {
    if (this.answered.has(key)) return;
    this.answered.add(key);
    void this.ask(state, request);
  }

  async ask(state: RolloutState, request: RolloutRequest): Promise<void> {
    if (request.type === "catch-up") return;
    await this.ledger.putRequest(storedForm(request, state.rollout, state.run, this.clock.now()));
  }
}

/** The story to its end, and what is asked after it. */
export async function tell(story: Story, prefix: readonly RecordedEvent[] = []) {
  const telling = new Telling(story, prefix);
  let state = await telling.run();
  for (const request of story.askedLater) state = await telling.later(state, request(state));
  return { telling, state, events: telling.ledger.recorded };
}

/** The state of each moment. */
export function statesOf(
  events: readonly RecordedEvent[],
  apply: (state: RolloutState, event: RecordedEvent) => RolloutState,
) {
  const states = [foldEvents(events.slice(0, 1))];
  for (const event of events.slice(1)) states.push(apply(states.at(-1)!, event));
  return states;
}

function successesOf({ before }: Story): Map<string, SiteSuccess> {
  return new Map(
    Object.entries(before).map(([site, release]) => [
      site,
      {
        desiredHash: `hash of ${release}`,
        release,
        evidence: `evidence of ${site} at ${release}`,
        token: 0,
        resources: 3,
        changedAt: 0,
      },
    ]),
  );
}

function scriptedProbe({ says, saysOfWaves = {} }: Story, clock: FakeClock): GateProbe {
  const say = async (answer: GateSays, since: number, signal: AbortSignal): Promise<GateAnswer> => {
    if (answer === "throws") throw new Error("no route");
    if (answer === "hangs") await clock.until(Number.MAX_SAFE_INTEGER, signal);
    if (answer === "later" && clock.now() >= since + 20_000) return { answer: "pass", detail: "now" };
    if (answer === "pass" || answer === "fail") return { answer, detail: "so it is" };
    return { answer: "inconclusive", detail: "nothing to be said" };
  };
  const asked = new Map<string, number>();
  return {
    check: ({ site, changedAt }, signal) => say(says[site.name] ?? "pass", changedAt ?? 0, signal),
    checkWave: ({ wave, sites }, signal) => {
      if (sites.length === 0) throw new Error(`wave ${wave} is asked with nobody in it at the release`);
      if (!asked.has(wave)) asked.set(wave, clock.now());
      return say(saysOfWaves[wave] ?? "pass", asked.get(wave) ?? 0, signal);
    },
  };
}
