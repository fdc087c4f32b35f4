import type { Ledger } from "../../rollout/ledger/ledger";
import { openLedgerForReading } from "../../rollout/ledger/sqliteLedger";
import { UserError } from "../userError";
import { ledgerFile } from "./ledgerFile";

/** Hands the ledger of an output folder to `use`, undefined if there is none, and closes it afterwards. */
export async function withLedger<T>(out: string, use: (ledger: Ledger | undefined) => Promise<T>): Promise<T> {
  const ledger = await openLedgerForReading(ledgerFile(out));
  try {
    return await use(ledger);
  } finally {
    ledger?.close();
  }
}

/** The same where nothing can be done without. @throws UserError EDGE-CLI-030 if there is none. */
export async function withExistingLedger<T>(out: string, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  return withLedger(out, async (ledger) => {
    if (ledger !== undefined) return use(ledger);
    throw new UserError(
      "EDGE-CLI-030",
      `no rollout is recorded in ${ledgerFile(out)}`,
      "Start one with: edgewave rollout start",
    );
  });
}
