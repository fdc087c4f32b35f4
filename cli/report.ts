import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { reportFrom } from "../report/fromState";
import { renderReport } from "../report/renderReport";
import type { RolloutState } from "../rollout/state";

/** Writes `report.html` into the output folder; returns its path. */
export async function writeReport(out: string, state: RolloutState): Promise<string> {
  const file = path.join(out, "report.html");
  await writeFileAtomic(file, renderReport(reportFrom(state)));
  return file;
}
