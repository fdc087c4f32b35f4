import type { Fleet, ResolvedSite, Rollout } from "../../fleet/model";
import { runRollout, type RolloutRun } from "../../rollout/driver";
import type { Outcome, RecordedEvent } from "../../rollout/events";
import { planWaves } from "../../rollout/planWaves";
import type { RolloutState } from "../../rollout/state";
import { aFleet, aRelease } from "../support/fleet";
import { FakeClock } from "./fakeClock";
import { MemoryLedger } from "./memoryLedger";
import { type Script, ScriptedFleet } from "./scriptedFleet";

export interface World {
  readonly clock: FakeClock;
  readonly fleet: Fleet;
  readonly rollout: Rollout;
  readonly runner: ScriptedFleet;
  readonly ledger: MemoryLedger;
}

export function aWorld(
  sites: readonly ResolvedSite[],
  rollout: Rollout,
  scripts: Readonly<Record<string, Script>> = {},
  prefix: readonly RecordedEvent[] = [],
): World {
  const clock = new FakeClock();
  const fleet = aFleet({ sites, rollouts: [rollout] });
  return { clock, fleet, rollout, runner: new ScriptedFleet(clock, scripts), ledger: new MemoryLedger(prefix) };
}

/** Drives the world's rollout to its end, with time passing as it must. */
export function drive(world: World, more: Partial<RolloutRun> = {}): Promise<RolloutState> {
  const { clock, fleet, rollout, runner, ledger } = world;
  return clock.settle(
    runRollout({
      fleet,
      release: aRelease(),
      rollout,
      plan: planWaves(fleet.sites, rollout),
      signers: ["ssh-ed25519 AAAA"],
      programDigest: "program",
      runner,
      promoter: runner,
      ledger,
      clock,
      ...more,
    }),
  );
}

export function outcomesOf(state: RolloutState): Record<string, Outcome | undefined> {
  return Object.fromEntries([...state.sites.values()].map(({ site, outcome }) => [site, outcome]));
}

/** Types of events, in order. */
export function story(ledger: MemoryLedger): string[] {
  return ledger.recorded.map(({ event }) => event.type);
}
