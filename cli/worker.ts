import "../engine/leanSdk";

import path from "node:path";
import { askedImagePath } from "../probes/imagePath";
import { serveRuns } from "../rollout/runner/serve";
import { siteAccess } from "../stacks/siteAccess";
import { siteProgram } from "../stacks/program";
import { kubeconfigFolder } from "./kubeconfigs";
import { pulumiCommand, type EngineName } from "./engine";
import { workerEngineVariable } from "./runner";

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
    inspect: async (site, release, fleetFolder) => {
      const { kubeconfig } = await siteAccess(kubeconfigFolder(environment, fleetFolder), site);
      return kubeconfig === undefined ? [] : askedImagePath(kubeconfig, site, release);
    },
    program:
      ({ outputDirectory, fleetFolder, ...rest }) =>
      async () => {
        const access = await siteAccess(kubeconfigFolder(environment, fleetFolder), rest.site);
        const args = { ...rest, ...access, outputDirectory: path.join(outputDirectory, "sites", rest.site.name) };
        return siteProgram(args)();
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
