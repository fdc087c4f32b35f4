import { LocalWorkspace, type OutputMap } from "@pulumi/pulumi/automation";
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { siteLayout } from "../../rollout/runner/layout";
import { chooseEngine, officialEnvironment, pulumiCommand } from "../engine";
import { exitCode, type ExitCode } from "../exitCodes";
import { print, printJson, type Io } from "../io";
import { chooseSite, loadFleet } from "../load";
import { outFolder, withEngine, withFleet, withJson, withOut, type EngineOptions } from "../options";
import { requireOwner } from "../outFolder";
import { findPassphrase } from "../passphrase";
import { formatTable } from "../printing/table";
import { UserError } from "../userError";

interface OutputOptions extends EngineOptions {
  readonly showSecrets?: boolean;
}

/** `edgewave site output NAME [KEY]`: what a site's stack gives, without needing the pulumi CLI. */
export function addSiteOutput(site: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = site
    .command("output")
    .description("print what one site's stack gives; one output by itself is printed as it is")
    .argument("<name>", "the site")
    .argument("[key]", "one output, such as secretManifests")
    .option("--show-secrets", "print secrets in clear");
  withJson(withEngine(withOut(withFleet(command)))).action(
    async (name: string, key: string | undefined, options: OutputOptions) => {
      printOutputs(io, name, key, await readOutputs(io, name, options), options);
      done(exitCode.done);
    },
  );
}

/** What a site's stack gives, secrets too. @throws UserError EDGE-CLI-031 if there is no stack */
export async function readOutputs(io: Io, name: string, options: EngineOptions): Promise<OutputMap> {
  const { fleet } = await loadFleet(io, options);
  chooseSite(fleet, name);
  const out = outFolder(io, options, fleet.name);
  await requireOwner(out, fleet.name);
  const { workDirectory, checkpoint } = siteLayout(out, name);
  if (!existsSync(checkpoint)) {
    throw new UserError(
      "EDGE-CLI-031",
      `${name} has no stack in ${out}`,
      `Make it with edgewave rollout, or edgewave site up ${name}.`,
    );
  }
  const engine = await chooseEngine(options.engine, io.env);
  const passphrase = await findPassphrase(io.env, out);
  const envVars = { ...officialEnvironment, ...passphrase.environment };
  const command = await pulumiCommand(engine.name, { ...io.env, ...envVars });
  const stack = await LocalWorkspace.selectStack(
    { stackName: name, workDir: workDirectory },
    { workDir: workDirectory, pulumiCommand: command, envVars },
  );
  return stack.outputs();
}

function printOutputs(io: Io, name: string, key: string | undefined, outputs: OutputMap, options: OutputOptions): void {
  const shown = Object.fromEntries(
    Object.entries(outputs).map(([output, { value, secret }]) => [
      output,
      secret && !options.showSecrets ? "[secret]" : (value as unknown),
    ]),
  );
  if (key === undefined) {
    if (options.json) printJson(io, shown);
    else
      print(
        io,
        formatTable(
          ["output", "value"],
          Object.entries(shown).map(([output, value]) => [output, oneLine(value)]),
        ),
      );
    return;
  }
  if (!Object.hasOwn(shown, key)) {
    throw new UserError(
      "EDGE-CLI-032",
      `the stack of ${name} has no output "${key}"`,
      `It has ${Object.keys(shown).join(", ")}.`,
    );
  }
  const value = shown[key];
  if (options.json || typeof value !== "string") printJson(io, value);
  else print(io, value);
}

function oneLine(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const [first = "", ...rest] = text.split("\n");
  return rest.length === 0 || rest.join("") === "" ? first : `${first} ...`;
}
