import { openLedgerForReading } from "../../rollout/ledger/sqliteLedger";

/** A reader in a process of its own: says how many events it saw the first time it looked. */
async function read(file: string): Promise<void> {
  const ledger = await openLedgerForReading(file);
  const events = (await ledger?.events("run-1")) ?? [];
  ledger?.close();
  process.send?.(events.length);
}

void read(process.argv[2] ?? "");
