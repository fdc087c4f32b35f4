import "../engine/leanSdk";

import path from "node:path";
import { serveRuns } from "../rollout/runner/serve";
import { siteKey } from "../stacks/siteKey";
import { siteProgram } from "../stacks/program";
import { pulumiCommand, type EngineName } from "./engine";
import { workerEngineVariable } from "./runner";
import { connectTo } from "./siteWay";

// One of the driver's worker processes: runs stacks with the engine that the driver has chosen.

async function main(): Promise<void> {
  // The SDK takes a stack trace for each resource. Mapping all of them back to TypeScript costs more than the run.
  process.setSourceMapsEnabled(false);
  const engine = process.env[workerEngineVariable] as EngineName;
  const environment = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  await serveRuns({
    pulumiCommand: await pulumiCommand(engine, environment),
    environment,
    onScratch: (folder) => {
      process.env["TMPDIR"] = folder;
    },
    connect: connectTo(environment),
    program:
      ({ outputDirectory, ...rest }) =>
      async () => {
        const sopsIdentity = await siteKey(outputDirectory, rest.site);
        return siteProgram({
          ...rest,
          sopsIdentity,
          outputDirectory: path.join(outputDirectory, "sites", rest.site.name),
        })();
      },
  });
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
