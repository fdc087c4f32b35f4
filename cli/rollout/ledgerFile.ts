import path from "node:path";
import type { LeaseHolder, Ledger } from "../../rollout/ledger/ledger";
import { openLedgerForReading } from "../../rollout/ledger/sqliteLedger";
import { readState } from "../../rollout/snapshot";
import type { RolloutState } from "../../rollout/state";
import type { Io } from "../io";
import { loadFleet, type LoadedFleet } from "../load";
import { outFolder, type LedgerOptions } from "../options";
import { UserError } from "../userError";

/** Where a fleet's ledger is. @param out absolute output folder. */
export function ledgerFile(out: string): string {
  return path.join(out, "ledger.db");
}

/** The last run of a rollout, or of all, as the ledger tells it. */
export interface LastRun {
  readonly ledger: Ledger;
  readonly state: RolloutState;
}

/**
 * Reads the last run and hands it to `use`; the ledger is closed afterwards.
 * @throws UserError EDGE-CLI-030 if none is recorded.
 */
export async function withLastRun<T>(
  out: string,
  rollout: string | undefined,
  use: (last: LastRun) => Promise<T> | T,
): Promise<T> {
  const file = ledgerFile(out);
  const ledger = await openLedgerForReading(file);
  try {
    const last = await ledger?.lastRun(rollout);
    if (ledger === undefined || last === undefined) {
      const which = rollout === undefined ? "no rollout" : `no run of rollout ${rollout}`;
      throw new UserError("EDGE-CLI-030", `${which} is recorded in ${file}`, "Start one with: edgewave rollout start");
    }
    return await use({ ledger, state: await readState(ledger, last.run) });
  } finally {
    ledger?.close();
  }
}

/** As `withLastRun`, with the fleet and the output folder that a command's options name. */
export async function withLastRunOf<T>(
  io: Io,
  options: Omit<LedgerOptions, "json">,
  use: (last: LastRun, loaded: LoadedFleet) => Promise<T> | T,
): Promise<T> {
  const loaded = await loadFleet(io, options);
  return withLastRun(outFolder(io, options, loaded.fleet.name), options.rollout, (last) => use(last, loaded));
}

/** Whether a driver is at work on a rollout, as far as this machine can tell. */
export async function driverOf(ledger: Ledger, rollout: string) {
  const holder = await ledger.holder(`rollout/${rollout}`);
  return holder !== undefined && holder.owner !== "dead" ? holder : undefined;
}

/** Who drives, for people; undefined if nobody does. */
export function driverText(holder: LeaseHolder | undefined): string | undefined {
  return holder && `process ${holder.pid} on ${holder.host}`;
}
