/**
 * Measures both engines over a fleet of rendered sites: `npm run bench [STACKS] [OFFICIAL_STACKS]`.
 *
 * The embedded engine gets two worker processes; the official CLI, where it is on the PATH, four updates at a time.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

import { newSaltLine } from "../engine/secrets/passphrase";

interface Cost {
  readonly cpu: number;
  readonly rss: number;
}

interface Figures {
  readonly sites: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly rss: number;
}

const ENGINES = {
  embedded: { workers: 2, width: 2 },
  official: { workers: 1, width: 4 },
};

async function main(): Promise<void> {
  const [stacks = 200, official = 12] = process.argv.slice(2).map(Number);
  process.stdout.write(`${cpus().length} cores, 46 resources a site\n`);
  const embedded = await measure("embedded", stacks);
  tell("embedded", embedded);
  if (spawnSync("pulumi", ["version"], { stdio: "ignore" }).status !== 0) {
    process.stdout.write("official: not measured, there is no 'pulumi' on the PATH\n");
    return;
  }
  const other = await measure("official", official);
  tell("official", other);
  const times = embedded.sites / embedded.seconds / (other.sites / other.seconds);
  process.stdout.write(`the embedded engine does ${times.toFixed(1)} times as many sites a second\n`);
}

async function measure(engine: keyof typeof ENGINES, sites: number): Promise<Figures> {
  const { workers, width } = ENGINES[engine];
  const root = await mkdtemp(join(tmpdir(), "engine-bench-"));
  try {
    const salt = await newSaltLine("bench");
    const began = performance.now();
    const childrenBefore = cpuOfChildren();
    const costs = await Promise.all(
      Array.from({ length: workers }, (_, i) => {
        const from = Math.floor((sites * i) / workers);
        const to = Math.floor((sites * (i + 1)) / workers);
        return work([engine, root, String(from), String(to), String(width), salt]);
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    const own = costs.reduce((sum, { cpu }) => sum + cpu, 0);
    // The CLI's processes are children of the worker: the kernel adds them to ours when the worker has ended.
    const cpu = Math.max(own, cpuOfChildren() - childrenBefore);
    return { sites, seconds, cpu, rss: costs.reduce((sum, { rss }) => sum + rss, 0) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function work(args: readonly string[]): Promise<Cost> {
  const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "worker.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve(JSON.parse(output.trim().split("\n").at(-1) ?? "") as Cost)
        : reject(new Error(`a worker ended with code ${String(code)}`)),
    );
  });
}

/** Seconds of processor time that ended children, and theirs, have used; 0 where the system does not say. */
function cpuOfChildren(): number {
  const { stdout } = spawnSync("sh", ["-c", `cut -d' ' -f16,17 /proc/${process.pid}/stat; getconf CLK_TCK`]);
  const [user = 0, system = 0, ticks = 100] = String(stdout).trim().split(/\s+/).map(Number);
  return (user + system) / ticks;
}

function tell(engine: string, { sites, seconds, cpu, rss }: Figures): void {
  const rate = (sites / seconds).toFixed(2);
  process.stdout.write(
    `${engine}: ${sites} sites in ${seconds.toFixed(1)} s, ${rate} sites/s, ` +
      `${(cpu / sites).toFixed(2)} CPU s/site, peak memory of the worker processes ${Math.round(rss / 2 ** 20)} MiB\n`,
  );
}

void main();
