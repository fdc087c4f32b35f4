// As the rollout's own workers do.
import "../../engine/leanSdk";

import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { PulumiFn } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";

import { EmbeddedPulumiCommand } from "../../engine";
import { builtinProviders } from "../../engine/providers/registry";
import type { Cost } from "../child";
import { answer, ownCost } from "../child";

/** Memory when so many sites are done: what a collection leaves in use, and what the process holds. */
interface Quarter {
  readonly done: number;
  readonly heap: number;
  readonly rss: number;
}

export interface WorkerAnswer extends Cost {
  readonly quarters: readonly Quarter[];
}

// One worker process: it brings its stacks up, so many at a time, and tells what that cost.
const site = createRequire(__filename)("./site.js") as (folder: string) => PulumiFn;

// A salt of the passphrase `bench`, which one fleet shares.
const [engine = "embedded", root = "", from = "0", to = "0", width = "1", salt = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  // The SDK takes a stack trace for each promise and registration; a plain program needs no source maps for its lines.
  process.setSourceMapsEnabled(false);
  const command =
    engine === "embedded"
      ? // eslint-disable-next-line no-restricted-syntax -- a measurement is a program of its own, as the command line is
        new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv: process.env })
      : await PulumiCommand.get({ skipVersionCheck: true });
  const [first, last] = [Number(from), Number(to)];
  const quarters: Quarter[] = [];
  let next = first;
  let done = 0;
  const one = async () => {
    for (let i = next++; i < last; i = next++) {
      await up(`site-${i}`, command as never);
      done += 1;
      if (done === Math.ceil(((quarters.length + 1) * (last - first)) / 4)) {
        quarters.push(memoryAfter(done));
      }
    }
  };
  await Promise.all(Array.from({ length: Number(width) }, one));
  answer({ ...ownCost(), quarters } satisfies WorkerAnswer);
}

function memoryAfter(done: number): Quarter {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { done, heap: heapUsed, rss };
}

async function up(name: string, pulumiCommand: never): Promise<void> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `Pulumi.${name}.yaml`), `encryptionsalt: ${salt}\n`);
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: "bench", stackName: name, program: site(folder) },
    {
      workDir: folder,
      envVars: {
        PULUMI_BACKEND_URL: `file://${root}`,
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_HOME: join(root, "home"),
      },
      pulumiCommand,
      projectSettings: { name: "bench", runtime: "nodejs" },
    },
  );
  const { summary } = await stack.up();
  const created = summary.resourceChanges?.create;
  if (created !== 46) {
    throw new Error(`${name}: 46 resources were expected, and ${String(created)} were made`);
  }
}

void main();
