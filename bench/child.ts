import { spawn, spawnSync } from "node:child_process";

/** What a process of a measurement cost by itself. */
export interface Cost {
  /** Seconds of processor time. */
  readonly cpu: number;
  /** Bytes of memory at the most. */
  readonly peak: number;
}

/** The cost of this process so far. */
export function ownCost(): Cost {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS * 1024 };
}

/** Writes a child's answer, for `inChild`. */
export function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Runs a module in a process of its own, so that what it costs is its own.
 *
 * @returns the last line that it printed, as JSON. @throws if it fails.
 */
export function inChild<T>(file: string, args: readonly string[]): Promise<T> {
  const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve(JSON.parse(output.trim().split("\n").at(-1) ?? "") as T)
        : reject(new Error(`${file} ended with code ${String(code)}`)),
    );
  });
}

/** Seconds of processor time that ended children, and theirs, have used; 0 where the system does not say. */
export function cpuOfChildren(): number {
  const { stdout } = spawnSync("sh", ["-c", `cut -d' ' -f16,17 /proc/${process.pid}/stat; getconf CLK_TCK`]);
  const [user = 0, system = 0, ticks = 100] = String(stdout).trim().split(/\s+/).map(Number);
  return (user + system) / ticks;
}
