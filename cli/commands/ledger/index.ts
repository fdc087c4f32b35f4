import type { AddCommand } from "../../program";
import { addExport } from "./export";
import { addVerify } from "./verify";

/** `edgewave ledger ...`: the record by itself. */
export const addLedger: AddCommand = (program, io, done) => {
  const ledger = program.command("ledger").description("the record of all rollouts by itself");
  for (const add of [addExport, addVerify] satisfies readonly AddCommand[]) add(ledger, io, done);
};
