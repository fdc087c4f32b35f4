import type { GateType } from "../../fleet/gates";
import type { Outcome, RecordedEvent, RolloutEvent } from "../events";
import type { GateHistory, History } from "./behaviour";

type Growing<T> = { -readonly [K in keyof T]: T[K] };
type GateCounts = Growing<Omit<GateHistory, "seconds">> & { readonly seconds: number[] };

/**
 * What earlier runs tell of the sites' behaviour. Pure. Only runs of an engine count: an unchanged site says nothing
 * about how long a change takes.
 * @param runs the events of each run.
 */
export function historyOf(runs: readonly (readonly RecordedEvent[])[]): History {
  const reading = new Reading();
  for (const events of runs) reading.take(events);
  const { seconds, counts, gates } = reading;
  return { seconds, ...counts, gates };
}

class Reading {
  readonly seconds = new Map<string, number[]>();
  readonly gates = new Map<GateType, GateCounts>();
  readonly counts = { runs: 0, failed: 0, vanished: 0 };

  take(events: readonly RecordedEvent[]): void {
    const start = events[0]?.event;
    if (start?.type !== "rollout-started") return;
    const profiles = new Map(start.sites.map(({ site, profile }) => [site, profile]));
    const gates = new Map(
      start.plan.waves.flatMap((wave) => wave.gates.map((gate) => [gate.name, gate.type] as const)),
    );
    const gatesOfWaves = new Map(
      start.plan.waves.flatMap(({ waveGates = [] }) => waveGates.map((gate) => [gate.name, gate.type] as const)),
    );
    const running = new Set<string>();
    const asked = new Map<string, number>();
    for (const { event, at } of events) {
      switch (event.type) {
        case "site-started":
          running.add(event.site);
          break;
        case "site-applied":
        case "site-finished":
        case "site-retry-scheduled":
          if (running.delete(event.site)) this.takeRun(event, profiles.get(event.site) ?? "");
          break;
        case "gate-started":
        case "wave-gate-started":
          // A resumed driver starts it again; its time counts from the first start.
          if (!asked.has(gateKey(event))) asked.set(gateKey(event), at);
          break;
        case "gate-finished":
        case "wave-gate-finished": {
          const began = asked.get(gateKey(event));
          asked.delete(gateKey(event));
          const type = (event.type === "gate-finished" ? gates : gatesOfWaves).get(event.gate);
          if (began !== undefined && type !== undefined) this.takeGate(type, event.verdict, (at - began) / 1000);
        }
      }
    }
  }

  private takeRun(end: Extract<RolloutEvent, { type: RunEnd }>, profile: string): void {
    const outcome = outcomeOf(end);
    if (outcome === "unchanged" || outcome === "cancelled") return;
    this.counts.runs += 1;
    if (outcome === "failed") this.counts.failed += 1;
    else if (outcome === "deferred") this.counts.vanished += 1;
    else if ("seconds" in end && end.seconds > 0) {
      const samples = this.seconds.get(profile);
      if (samples === undefined) this.seconds.set(profile, [end.seconds]);
      else samples.push(end.seconds);
    }
  }

  private takeGate(type: GateType, verdict: "pass" | "fail" | "inconclusive", seconds: number): void {
    if (type === "soak") return;
    const known = this.gates.get(type) ?? { seconds: [], verdicts: 0, failed: 0, inconclusive: 0 };
    this.gates.set(type, known);
    known.verdicts += 1;
    if (verdict === "fail") known.failed += 1;
    else if (verdict === "inconclusive") known.inconclusive += 1;
    else known.seconds.push(seconds);
  }
}

type AboutGate = Extract<RolloutEvent, { readonly gate: string }>;

function gateKey(event: AboutGate): string {
  return "site" in event ? `site/${event.site}/${event.gate}` : `wave/${event.wave}/${event.gate}`;
}

type RunEnd = "site-finished" | "site-applied" | "site-retry-scheduled";

function outcomeOf(end: Extract<RolloutEvent, { type: RunEnd }>): Outcome {
  if (end.type === "site-finished") return end.outcome;
  return end.type === "site-applied" ? "succeeded" : "failed";
}
