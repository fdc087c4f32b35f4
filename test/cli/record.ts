import path from "node:path";
import { runCli } from "../../cli/run";
import type { RolloutEvent } from "../../rollout/events";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { repository } from "../support/edgewave";
import { recordedIo } from "../support/io";
import { harbours } from "../support/rollout";

/** One run of a command on the example fleet. */
export async function command(argv: readonly string[], cwd = repository) {
  const io = recordedIo(cwd);
  const code = await runCli([...argv, ...(argv.includes("--fleet") ? [] : ["--fleet", harbours])], io);
  return { code, out: io.out(), err: io.err(), json: () => JSON.parse(io.out()) as Record<string, unknown> };
}

export interface WrittenRun {
  readonly run: string;
  readonly rollout?: string;
  /** Milliseconds since the epoch of the first event; each further one comes a second later. */
  readonly at: number;
  readonly events: readonly RolloutEvent[];
}

/** Writes runs into the ledger of an output folder, as a driver does. @returns its file. */
export async function writeRuns(out: string, runs: readonly WrittenRun[]): Promise<string> {
  const file = path.join(out, "ledger.db");
  const ledger = await openLedger(file);
  try {
    for (const { run, rollout = "autumn", at, events } of runs) {
      const lease = await ledger.lease(`rollout/${rollout}`);
      for (const [index, event] of events.entries()) {
        if (event.type === "site-started") await ledger.claimSite(lease, event.site);
        await ledger.append(lease, run, at + index * 1000, [event]);
      }
      await lease.release();
    }
  } finally {
    ledger.close();
  }
  return file;
}

export function succeeded(site: string, seconds: number, release = "2026.11.0"): RolloutEvent {
  const success = { desiredHash: "h", release, evidence: "e", token: 1, resources: 1, changedAt: 0 };
  return { type: "site-finished", site, outcome: "succeeded", seconds, resources: 1, changes: { create: 1 }, success };
}
