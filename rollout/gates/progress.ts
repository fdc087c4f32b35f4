import type { Gate, WaveGate } from "../../fleet/gates";
import type { GateAnswer, GateVerdict } from "./answer";

/** How far a gate has come. Plain data: a driver that resumes makes it anew from the time at which the gate began. */
export interface GateProgress {
  readonly gate: Gate | WaveGate;
  /** Milliseconds since the epoch, as all times here. The timeout counts from it, whoever has died since. */
  readonly began: number;
  /** When a soak is over; undefined for other gates. */
  readonly soakEnd: number | undefined;
  /** In a row, up to now; an inconclusive answer ends a row of either kind. */
  readonly passes: number;
  readonly fails: number;
  /** Undefined until there is one. */
  readonly last: GateAnswer | undefined;
}

export interface GateStep {
  readonly progress: GateProgress;
  /** Undefined while the gate is open. */
  readonly verdict?: GateVerdict;
  /** When to ask again, or, at the gate's deadline, to close it; the time itself once there is a verdict. */
  readonly nextAt: number;
}

/**
 * A gate nobody has asked yet.
 * @param changedAt when the site, or any of the wave, was last changed, from which a soak counts; undefined is the gate's beginning
 */
export function gateProgress(gate: Gate | WaveGate, began: number, changedAt?: number): GateProgress {
  const soakEnd = gate.type === "soak" ? Math.min(changedAt ?? began, began) + gate.durationSeconds * 1000 : undefined;
  return { gate, began, soakEnd, passes: 0, fails: 0, last: undefined };
}

/** When the gate gets its verdict at the latest, or as soon as it has been asked once after that. */
export function gateDeadline({ gate, began }: Pick<GateProgress, "gate" | "began">): number {
  return began + gate.timeoutSeconds * 1000;
}

/**
 * What an answer makes of a gate.
 *
 * - As many passes in a row as it asks for: pass. As many fails in a row as are final: fail.
 * - At the deadline: fail if the last answer was one, otherwise inconclusive.
 * - A soak passes when its time is over, whatever was answered.
 *
 * @param answer undefined if none has come, as at the deadline
 */
export function nextProgress(progress: GateProgress, answer: GateAnswer | undefined, now: number): GateStep {
  const { gate, soakEnd } = progress;
  if (soakEnd !== undefined) {
    if (now < soakEnd) return { progress, nextAt: soakEnd };
    return ended(progress, "pass", `nothing has been changed for ${duration(gate.timeoutSeconds)}`, now);
  }
  const next = answer === undefined ? progress : counted(progress, answer);
  const said = next.last === undefined ? "it was never answered" : `${next.last.answer}: ${next.last.detail}`;
  if (next.passes >= gate.passes) return ended(next, "pass", rowOf(next.passes, "passes", next), now);
  if (next.fails >= gate.failures) return ended(next, "fail", rowOf(next.fails, "fails", next), now);
  const deadline = gateDeadline(progress);
  if (now >= deadline) {
    const verdict = next.last?.answer === "fail" ? "fail" : "inconclusive";
    return ended(next, verdict, `not passed within ${duration(gate.timeoutSeconds)}; last: ${said}`, now);
  }
  return { progress: next, nextAt: Math.min(now + gate.intervalSeconds * 1000, deadline) };
}

function counted(progress: GateProgress, answer: GateAnswer): GateProgress {
  return {
    ...progress,
    passes: answer.answer === "pass" ? progress.passes + 1 : 0,
    fails: answer.answer === "fail" ? progress.fails + 1 : 0,
    last: answer,
  };
}

function ended(progress: GateProgress, verdict: GateVerdict["verdict"], reason: string, now: number): GateStep {
  return { progress, verdict: { verdict, reason }, nextAt: now };
}

function rowOf(count: number, what: string, { last }: GateProgress): string {
  const detail = last?.detail ?? "";
  return count === 1 ? detail : `${count} ${what} in a row; last: ${detail}`;
}

/** Seconds in the largest unit that says them exactly. */
function duration(seconds: number): string {
  const unit = ([86_400, 3600, 60] as const).find((size) => seconds >= size && seconds % size === 0) ?? 1;
  return `${seconds / unit} ${{ 86_400: "d", 3600: "h", 60: "min", 1: "s" }[unit]}`;
}
