import type { RolloutRequest } from "../../rollout/requests";
import { printJson, type Io } from "../io";
import { statusJson } from "../statusJson";
import type { LastRun } from "./ledgerFile";
import { type Asked, askOf } from "./request";

/** Asks something of the run that was read last, and tells what became of it: as JSON, or in the command's words. */
export async function askAndTell(
  io: Io,
  { json }: { readonly json?: boolean },
  { ledger, state }: LastRun,
  request: RolloutRequest,
  tell: (asked: Asked) => void,
): Promise<void> {
  const asked = await askOf(ledger, state, request);
  if (json) printJson(io, { ...statusJson(asked.state), driven: asked.driven });
  else tell(asked);
}
