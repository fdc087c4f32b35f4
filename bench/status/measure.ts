import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inChild } from "../child";
import type { Measured } from "../print";
import { mebibytes } from "../print";
import type { StatusAnswer } from "./reader";

/** What `edgewave status` does beside reading the ledger: every site's report is brought from the hub and judged. */
export async function measureStatus([sites = 0]: readonly number[]): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "status-bench-"));
  try {
    const { first, again, judging, cpu, peak } = await inChild<StatusAnswer>(join(__dirname, "reader.ts"), [
      folder,
      String(sites),
    ]);
    return {
      title: "Reading every site's report from a hub",
      columns: ["fleet", "first reading", "nothing new", "judging", "CPU s", "peak memory"],
      rows: [[`${sites} sites`, ...[first, again, judging, cpu].map((value) => value.toFixed(1)), mebibytes(peak)]],
      notes: ["Seconds, with 16 sites at once. The hub is a folder on this machine, so that no link is measured."],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
