import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newSaltLine } from "../../engine/secrets/passphrase";
import { cpuOfChildren, inChild } from "../child";
import type { Measured } from "../print";
import { mebibytes } from "../print";
import type { WorkerAnswer } from "./worker";

interface Figures {
  readonly sites: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly workers: readonly WorkerAnswer[];
}

const ENGINES = {
  embedded: { workers: 2, width: 2 },
  official: { workers: 1, width: 4 },
};

/** The first `up` of a fleet of rendered sites, through the embedded engine and, if it is there, the official CLI. */
export async function measureEngines([sites = 0, official = 0]: readonly number[]): Promise<Measured> {
  const embedded = await measure("embedded", sites);
  const there = official > 0 && spawnSync("pulumi", ["version"], { stdio: "ignore" }).status === 0;
  const other = there ? await measure("official", official) : undefined;
  const rate = (figures: Figures) => figures.sites / figures.seconds;
  return {
    title: "The first up of sites of 46 resources each, rendered to files",
    columns: ["engine", "sites", "seconds", "sites/s", "CPU s/site", "peak memory"],
    rows: [row("embedded", embedded), ...(other === undefined ? [] : [row("official", other)])],
    notes: [
      ...embedded.workers.map((worker, at) => `embedded, worker ${at + 1}: ${memory(worker)}`),
      other === undefined
        ? `official: not measured, ${there ? "no sites were asked for" : "there is no 'pulumi' on the PATH"}`
        : `the embedded engine does ${(rate(embedded) / rate(other)).toFixed(1)} times as many sites a second; the ` +
          "official one's memory is without its processes",
    ],
  };
}

function row(engine: keyof typeof ENGINES, { sites, seconds, cpu, workers }: Figures): string[] {
  const { workers: processes, width } = ENGINES[engine];
  return [
    `${engine}, ${processes} process${processes === 1 ? "" : "es"} with ${width} sites at a time`,
    String(sites),
    seconds.toFixed(1),
    (sites / seconds).toFixed(2),
    (cpu / sites).toFixed(2),
    mebibytes(workers.reduce((sum, { peak }) => sum + peak, 0)),
  ];
}

/** Whether memory grows with the sites that a process has done shows in what a collection leaves. */
function memory({ quarters }: WorkerAnswer): string {
  const at = quarters.map(({ done, heap, rss }) => `${done} sites ${(heap / 2 ** 20).toFixed(1)} (${mebibytes(rss)})`);
  return `MiB in use after (resident): ${at.join(", ")}`;
}

async function measure(engine: keyof typeof ENGINES, sites: number): Promise<Figures> {
  const { workers: count, width } = ENGINES[engine];
  const root = await mkdtemp(join(tmpdir(), "engine-bench-"));
  try {
    const salt = await newSaltLine("bench");
    const began = performance.now();
    const childrenBefore = cpuOfChildren();
    const workers = await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const from = Math.floor((sites * i) / count);
        const to = Math.floor((sites * (i + 1)) / count);
        return inChild<WorkerAnswer>(join(__dirname, "worker.ts"), [
          engine,
          root,
          String(from),
          String(to),
          String(width),
          salt,
        ]);
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    const own = workers.reduce((sum, { cpu }) => sum + cpu, 0);
    // The CLI's processes are children of the worker: the kernel adds them to ours when the worker has ended.
    return { sites, seconds, cpu: Math.max(own, cpuOfChildren() - childrenBefore), workers };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
