import { openLedgerForReading } from "../../../rollout/ledger/sqliteLedger";

/** Another process that asks a driver for something and waits for the answer. */
async function ask(file: string): Promise<void> {
  const ledger = await openLedgerForReading(file);
  if (ledger === undefined) throw new Error("there is no ledger");
  const data = { reason: "storm" };
  const request = { rollout: "autumn", run: "run-1", at: 5, type: "pause", data, by: "ana@porto" };
  const id = await ledger.putRequest(request);
  process.send?.({ id });
  for (;;) {
    const answer = await ledger.requestAnswer(id);
    if (answer !== undefined) {
      process.send?.({ answer: answer.answer });
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  ledger.close();
}

void ask(process.argv[2] ?? "");
