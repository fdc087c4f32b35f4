import type { AddCommand } from "../../program";
import { addApprovals } from "./approve";
import { addCatchUp } from "./catchUp";
import { addReport } from "./report";
import { addRequests } from "./requests";
import { addRetry } from "./retry";
import { addRollback } from "./rollback";
import { addStart } from "./start";
import { addStatus } from "../status";
import { addWatch } from "./watch";

/** `edgewave rollout ...`; without a further word it starts or resumes. */
export const addRollout: AddCommand = (program, io, done) => {
  const rollout = program.command("rollout").description("bring the fleet to a release, wave by wave");
  for (const add of [
    addStart,
    addStatus,
    addWatch,
    addRequests,
    addApprovals,
    addRetry,
    addCatchUp,
    addRollback,
    addReport,
  ] satisfies readonly AddCommand[]) {
    add(rollout, io, done);
  }
};
