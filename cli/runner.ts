import path from "node:path";
import { pathToFileURL } from "node:url";
import { AutomationStackRunner } from "../rollout/runner/automationRunner";
import { officialEnvironment, prepareEngine, type EngineChoice } from "./engine";
import type { PassphraseSource } from "./passphrase";

/** Names the engine to a worker process. */
export const workerEngineVariable = "EDGEWAVE_WORKER_ENGINE";

/** The folder of edgewave itself. */
export const home = path.join(__dirname, "..");

export interface RunnerInputs {
  readonly engine: EngineChoice;
  readonly passphrase: PassphraseSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly out: string;
  /** Absolute. */
  readonly fleetFolder: string;
  /** Memory that has to stay free for a site to start, in MiB; see `AutomationRunnerOptions`. */
  readonly memoryFloorMiB?: number;
}

/** A runner whose workers are `worker.ts` under tsx, with the passphrase in their environment and nowhere else. */
export function createRunner(inputs: RunnerInputs): AutomationStackRunner {
  const { engine, passphrase, env, out, fleetFolder, memoryFloorMiB } = inputs;
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  return new AutomationStackRunner({
    worker: {
      modulePath: path.join(__dirname, "worker.ts"),
      execArgv: ["--import", tsx],
      environment: {
        ...env,
        ...officialEnvironment,
        ...passphrase.environment,
        [workerEngineVariable]: engine.name,
        // What a site's stack calls to configure its Gitea.
        EDGEWAVE_NODE: process.execPath,
        EDGEWAVE_HOME: home,
      },
    },
    outputDirectory: out,
    fleetFolder,
    projectFile: path.join(home, "Pulumi.yaml"),
    prepareEngine: () => prepareEngine(engine, env),
    ...(memoryFloorMiB === undefined ? {} : { memoryFloorMiB }),
  });
}
