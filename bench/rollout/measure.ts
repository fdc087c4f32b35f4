import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { inChild } from "../child";
import type { Measured } from "../print";
import { mebibytes } from "../print";
import type { DriverAnswer } from "./driver";

/** What edgewave promises. */
const promised = { planMs: 1000, overheadMs: 5, unchangedSeconds: 30, unchangedMib: 500, statusMs: 300 } as const;

/** What the driver itself costs: planning, scheduling, finding sites unchanged, and telling how a rollout stands. */
export async function measureRollout([sites = 0, unchanged = 0]: readonly number[]): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "rollout-bench-"));
  const ask = (name: string, count: number, ledger = "none") =>
    inChild<DriverAnswer>(join(__dirname, "driver.ts"), [name, String(count), join(folder, `${ledger}.db`)]);
  try {
    const plan = await ask("plan", sites);
    const predict = await ask("predict", sites);
    const first = await ask("drive", unchanged, "half");
    const second = await ask("drive", unchanged, "half");
    await ask("drive", sites, "whole");
    const status = await ask("status", sites, "whole");
    const overhead = (first.seconds / unchanged) * 1000;
    return {
      title: "The driver, with sites that take no time",
      columns: ["", "measured", "promised", "peak memory"],
      rows: [
        [`plan ${sites} sites`, milliseconds(plan.seconds * 1000), most(promised.planMs, "ms"), mebibytes(plan.peak)],
        [
          `plan and predict ${sites} sites`,
          milliseconds(predict.seconds * 1000),
          most(promised.planMs, "ms"),
          mebibytes(predict.peak),
        ],
        ["overhead a changed site", milliseconds(overhead), most(promised.overheadMs, "ms"), mebibytes(first.peak)],
        [
          `${unchanged} unchanged sites`,
          `${second.seconds.toFixed(1)} s`,
          most(promised.unchangedSeconds, "s"),
          `${mebibytes(second.peak)} (${most(promised.unchangedMib, "MiB")})`,
        ],
        [
          `status of ${sites} sites`,
          milliseconds(status.seconds * 1000),
          most(promised.statusMs, "ms"),
          mebibytes(status.peak),
        ],
      ],
      notes: ["Status is read from the ledger's last snapshot; loading the program is not counted."],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function most(value: number, unit: string): string {
  return `under ${value} ${unit}`;
}
