import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { modules } from "./programs";
import type { ProgramModule } from "./programs";

/** Milliseconds between two lines of progress. */
const between = 20_000;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Builds every program of the modules that is not in the folder yet, each whole or not at all.
 *
 * @param say given lines of progress.
 * @throws if the Go toolchain refuses, with its last words.
 */
export async function buildMissing(
  folder: string,
  environment: Environment,
  say: (line: string) => void,
  wanted: readonly ProgramModule[] = modules,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const module of wanted) {
    const missing = Object.entries(module.programs).filter(([name]) => !existsSync(path.join(folder, name)));
    if (missing.length === 0) continue;
    const work = await mkdtemp(path.join(folder, ".build-"));
    try {
      const names = missing.map(([name]) => name).join(", ");
      const began = Date.now();
      say(`building ${names} ${module.version}; the first time this takes some minutes`);
      await build(
        module,
        missing.map(([, goPackage]) => goPackage),
        work,
        environment,
        say,
      );
      for (const [name, goPackage] of missing) {
        await rename(path.join(work, builtName(goPackage)), path.join(folder, name));
      }
      say(`built ${names} in ${Math.round((Date.now() - began) / 1000)} seconds`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

/** Go names a program after the last part of its package that is no version. */
function builtName(goPackage: string): string {
  return goPackage.split("/").findLast((part) => !/^v\d+$/.test(part)) ?? goPackage;
}

async function build(
  { folder, linkFlags }: ProgramModule,
  packages: readonly string[],
  work: string,
  environment: Environment,
  say: (line: string) => void,
): Promise<void> {
  // Nothing but what go.sum vouches for.
  const args = ["build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linkFlags];
  const go = spawn("go", [...args, "-o", `${work}/`, ...packages], {
    cwd: folder,
    env: environment as NodeJS.ProcessEnv,
    stdio: ["ignore", "inherit", "pipe"],
  });
  const last: string[] = [];
  let count = 0;
  let said = Date.now();
  createInterface(go.stderr).on("line", (line) => {
    count += 1;
    last.push(line);
    if (last.length > 20) last.shift();
    if (Date.now() - said < between) return;
    said = Date.now();
    say(`  ${count} packages so far: ${line}`);
  });
  const [code] = (await once(go, "close")) as [number | null];
  if (code !== 0) throw new Error(`go build failed:\n${last.join("\n")}`);
}
