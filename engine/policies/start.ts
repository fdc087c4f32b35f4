import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { parse } from "yaml";

import { EngineError, RefusedError } from "../errors";
import { nodejsOptions } from "../language/options";

/** What a pack is told about the run. */
export interface PackContext {
  readonly stack: string;
  readonly project: string;
  readonly preview: boolean;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** A pack's process that serves the `Analyzer` protocol on a port of loopback. */
export interface PackProcess {
  readonly port: number;
  readonly stop: () => void;
}

/**
 * Starts a pack as the official language host does: by `cmd/run-policy-pack` of the SDK that the pack has, with the
 * stack's name and configuration in its environment.
 *
 * Source: `RunPlugin` of `sdk/nodejs/cmd/pulumi-language-nodejs/main.go`.
 *
 * @throws if the folder is no pack of Node.js, its packages are missing, or it ends before it serves.
 */
export async function startPack(folder: string, context: PackContext): Promise<PackProcess> {
  const options = await optionsOf(folder);
  const child = spawn(process.execPath, [runnerOf(folder), context.engineAddress, folder], {
    cwd: folder,
    env: { ...(context.environment as NodeJS.ProcessEnv), ...options, ...about(context) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => void child.kill("SIGKILL");
  let printed = "";
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-8192)));
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) =>
        reject(new EngineError(`policy pack "${folder}" failed to start (code ${String(code)}): ${complaints.trim()}`)),
      );
      child.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        const match = /^(\d+)\r?\n/m.exec(printed);
        if (match) {
          resolve(Number(match[1]));
        }
      });
    });
    child.removeAllListeners("exit");
    child.unref();
    return { port, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

async function optionsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, "PulumiPolicy.yaml");
  if (!existsSync(file)) {
    throw new EngineError(`failed to load Pulumi policy project located at "${file}": there is no such file`);
  }
  const { runtime } = (parse(await readFile(file, "utf8")) ?? {}) as {
    runtime?: string | { name?: string; options?: Readonly<Record<string, unknown>> };
  };
  const { name, options = {} } = typeof runtime === "string" ? { name: runtime } : (runtime ?? {});
  if (name !== "nodejs") {
    throw new RefusedError(`policy packs with the runtime '${String(name)}' (${file})`, "it runs nodejs packs");
  }
  const { environment, nodeArguments } = nodejsOptions(file, options);
  if (nodeArguments.length > 0) {
    // The official language host gives them to the pack's runner, where they do nothing.
    throw new RefusedError(`the runtime option 'nodeargs' of policy packs (${file})`);
  }
  return environment;
}

function runnerOf(folder: string): string {
  try {
    return createRequire(join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
  } catch (cause) {
    throw new EngineError(
      "it looks like the policy pack's dependencies are not installed; " +
        `try running npm install or yarn install in "${folder}"`,
      { cause },
    );
  }
}

function about({ stack, project, preview, config }: PackContext): Readonly<Record<string, string>> {
  return {
    PULUMI_NODEJS_ORGANIZATION: "organization",
    PULUMI_NODEJS_PROJECT: project,
    PULUMI_NODEJS_STACK: stack,
    PULUMI_NODEJS_DRY_RUN: String(preview),
    PULUMI_CONFIG: JSON.stringify(config),
  };
}
