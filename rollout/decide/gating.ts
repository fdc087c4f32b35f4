import type { Gate, GateTiming, OnInconclusive } from "../../fleet/gates";
import { reconnectGate } from "../../fleet/resolveGates";
import type { SiteFinished } from "../events";
import type { Plan } from "../plan";
import type { GateState, RolloutState, SiteState } from "../state";
import type { Command } from "./command";

/** What the gates of a site, or of a wave, ask for next. */
export type GateStep =
  | { readonly type: "check"; readonly gate: string }
  /** A driver looks at it. */
  | { readonly type: "watched"; readonly gate: GateState }
  /** It has no answer, and somebody has to say what to do. */
  | { readonly type: "held"; readonly gate: GateState }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "passed" };

/** What has to be done about the sites whose gates are looked at: ends to record first, then gates to look at. */
export function gatingCommands(state: RolloutState): Command[] {
  if (state.gating === 0) return [];
  const ends: SiteFinished[] = [];
  const checks: Command[] = [];
  for (const name of state.inFlight) {
    const site = state.sites.get(name);
    if (site?.phase !== "gating") continue;
    const step = gateStep(state, site);
    if (step.type === "check") checks.push({ type: "check-gate", site: site.site, gate: step.gate });
    else if (step.type === "passed") ends.push(passed(site));
    else if (step.type === "failed") ends.push(failed(site, step.reason));
    else if (step.type === "held" && state.halted !== undefined) {
      ends.push(failed(site, `the rollout halted while gate ${step.gate.gate} had no answer: ${reasonOf(step.gate)}`));
    }
  }
  return ends.length > 0 ? [{ type: "record", events: ends }, ...checks] : checks;
}

/** Where a site stands with its gates: they are looked at one after the other, in the plan's order. */
export function gateStep(state: RolloutState, site: SiteState): GateStep {
  return stepThrough(gatesOf(state, site), site.gates, (gate) => whenInconclusive(state, site, gate));
}

/** @param onInconclusive what a gate does that has no answer. */
export function stepThrough<G extends Pick<GateTiming, "name">>(
  gates: readonly G[],
  states: readonly GateState[],
  onInconclusive: (gate: G) => OnInconclusive,
): GateStep {
  for (const gate of gates) {
    const found = states.find((other) => other.gate === gate.name);
    if (found === undefined || (found.verdict === undefined && !found.watched)) {
      return { type: "check", gate: gate.name };
    }
    if (found.acceptedBy !== undefined || found.verdict?.verdict === "pass") continue;
    if (found.verdict === undefined) return { type: "watched", gate: found };
    if (found.verdict.verdict === "fail") return { type: "failed", reason: `gate ${gate.name}: ${reasonOf(found)}` };
    const action = onInconclusive(gate);
    if (action === "hold") return { type: "held", gate: found };
    if (action === "fail") {
      return { type: "failed", reason: `gate ${gate.name} had no answer: ${reasonOf(found)}` };
    }
  }
  return { type: "passed" };
}

/** Gates by wave, looked up once for a plan; those of a site that catches up are more by one. */
const known = new WeakMap<Plan, ReadonlyMap<string, readonly Gate[]>>();

export function gatesOf({ plan }: RolloutState, site: SiteState): readonly Gate[] {
  const byWave = known.get(plan) ?? new Map(plan.waves.map(({ name, gates }) => [name, gates]));
  known.set(plan, byWave);
  const gates = byWave.get(site.wave) ?? [];
  const { verifySeconds } = plan.catchUp;
  // A site that was away has more to show than that the release runs.
  const cameBack = site.catchUp && site.direction === "forward" && verifySeconds !== undefined;
  return cameBack ? [reconnectGate(verifySeconds), ...gates] : gates;
}

/** A site that goes back is not held: a rollback has to come to its end by itself. */
function whenInconclusive({ plan }: RolloutState, { direction }: SiteState, gate: Gate): OnInconclusive {
  const action = gate.onInconclusive ?? plan.onInconclusive;
  return direction === "back" && action === "hold" ? "fail" : action;
}

function reasonOf({ verdict }: GateState): string {
  return verdict?.reason ?? "it was not looked at to its end";
}

function passed(site: SiteState): SiteFinished {
  const { seconds, resources, changes, notes, success } = appliedOf(site);
  return {
    type: "site-finished",
    site: site.site,
    outcome: site.direction === "back" ? "rolled-back" : "succeeded",
    ...(site.direction === "back" ? { reason: `back at release ${site.before?.release ?? ""}` } : {}),
    seconds,
    resources,
    changes,
    ...(notes === undefined ? {} : { notes }),
    ...(success === undefined ? {} : { success }),
  };
}

function failed(site: SiteState, reason: string): SiteFinished {
  const { seconds, resources, changes, notes } = appliedOf(site);
  return {
    type: "site-finished",
    site: site.site,
    outcome: "failed",
    reason,
    seconds,
    resources,
    changes,
    ...(notes === undefined ? {} : { notes }),
  };
}

function appliedOf(site: SiteState): NonNullable<SiteState["applied"]> {
  if (site.applied === undefined) throw new Error(`site ${site.site} is gating without having been applied`);
  return site.applied;
}
