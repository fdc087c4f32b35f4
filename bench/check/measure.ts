import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { cpuOfChildren } from "../child";
import { writeFleet } from "../fleet/measure";
import type { Measured } from "../print";

const program = path.join(__dirname, "..", "..", "bin", "edgewave.js");

/** `edgewave check` of a whole fleet: from cold, unchanged, and with one site changed. */
export async function measureCheck([sites = 0]: readonly number[]): Promise<Measured> {
  const folder = await mkdtemp(path.join(tmpdir(), "check-bench-"));
  try {
    const fleet = path.join(folder, "fleet");
    await writeFleet(fleet, sites);
    const rows = [row(`${sites} sites, cold`, await check(folder)), row("unchanged", await check(folder))];
    const file = path.join(fleet, "sites", "site-0.yaml");
    await writeFile(file, (await readFile(file, "utf8")).replace("maxOutage: 72h", "maxOutage: 48h"));
    rows.push(row("one site changed", await check(folder)));
    return {
      title: "Checking a fleet by its rules (edgewave check)",
      columns: ["run", "seconds", "CPU s", "result"],
      rows,
      notes: ["Each run is a process of its own, from its start to its end, with the processes that it starts."],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly seconds: number;
  readonly cpu: number;
  /** The last line that it printed. */
  readonly said: string;
}

function row(name: string, { seconds, cpu, said }: Run): readonly string[] {
  return [name, seconds.toFixed(1), cpu.toFixed(1), said];
}

async function check(folder: string): Promise<Run> {
  const before = cpuOfChildren();
  const began = performance.now();
  const args = [program, "check", "--fleet", "fleet", "--out", "out", "--day", "2026-11-28"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const said = output.trim().split("\n").at(-1) ?? "";
  if (code !== 0) throw new Error(`the check ended with code ${String(code)}: ${output.slice(-2000)}`);
  return { seconds: (performance.now() - began) / 1000, cpu: cpuOfChildren() - before, said };
}
