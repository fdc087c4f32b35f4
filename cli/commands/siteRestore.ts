import { readFile } from "node:fs/promises";
import path from "node:path";
import { LocalWorkspace, type Deployment } from "@pulumi/pulumi/automation";
import type { Command } from "commander";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { siteLayout } from "../../rollout/runner/layout";
import { newestBackup } from "../../rollout/runner/stateBackup";
import { withSiteClaim } from "../../rollout/siteRun";
import { chooseEngine, officialEnvironment, pulumiCommand } from "../engine";
import { exitCode, type ExitCode } from "../exitCodes";
import { print, printJson, type Io } from "../io";
import { chooseSite, loadFleet } from "../load";
import { outFolder, withEngine, withFleet, withJson, withOut, type EngineOptions } from "../options";
import { requireOwner } from "../outFolder";
import { findPassphrase } from "../passphrase";
import { ledgerFile } from "../rollout/ledgerFile";
import { UserError } from "../userError";

interface RestoreOptions extends EngineOptions {
  readonly yes?: boolean;
}

/** `edgewave site restore NAME [COPY]`: puts a copy of a stack's state in its place, also without the pulumi CLI. */
export function addSiteRestore(site: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = site
    .command("restore")
    .description("put a copy of one site's state back, such as after a lost disk; the site itself is not touched")
    .argument("<name>", "the site")
    .argument("[copy]", "a file that was kept in backups/ or written by pulumi stack export (default: the newest copy)")
    .option("-y, --yes", "do it");
  withJson(withEngine(withOut(withFleet(command)))).action(
    async (name: string, copy: string | undefined, options: RestoreOptions) => {
      const restored = await restore(io, name, copy, options);
      if (options.json) printJson(io, restored);
      else print(io, `the state of ${name} is that of ${restored.copy}; edgewave site preview ${name} compares`);
      done(exitCode.done);
    },
  );
}

async function restore(io: Io, name: string, named: string | undefined, options: RestoreOptions) {
  const { fleet } = await loadFleet(io, options);
  chooseSite(fleet, name);
  const out = outFolder(io, options, fleet.name);
  await requireOwner(out, fleet.name);
  const copy = named === undefined ? await newestBackup(out, name) : path.resolve(io.cwd, named);
  if (copy === undefined) {
    throw new UserError(
      "EDGE-CLI-050",
      `no copy of the state of ${name} was kept in ${out}`,
      "Name a file of your own.",
    );
  }
  const deployment = await readCopy(copy);
  if (options.yes !== true) {
    throw new UserError("EDGE-CLI-051", `this replaces the state of ${name} by ${copy}`, "Give --yes to do it.");
  }
  const engine = await chooseEngine(options.engine, io.env);
  const passphrase = await findPassphrase(io.env, out);
  const envVars = { ...officialEnvironment, ...passphrase.environment };
  const command = await pulumiCommand(engine.name, { ...io.env, ...envVars });
  const { workDirectory } = siteLayout(out, name);
  const ledger = await openLedger(ledgerFile(out));
  try {
    await withSiteClaim(ledger, name, async () => {
      const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: name, workDir: workDirectory },
        { workDir: workDirectory, pulumiCommand: command, envVars },
      );
      await stack.importStack(deployment);
    });
  } finally {
    ledger.close();
  }
  return { site: name, copy };
}

async function readCopy(file: string): Promise<Deployment> {
  try {
    const read = JSON.parse(await readFile(file, "utf8")) as Partial<Deployment>;
    if (typeof read.version === "number" && typeof read.deployment === "object") return read as Deployment;
  } catch (cause) {
    throw new UserError("EDGE-CLI-052", `${file} cannot be read as a state`, "Name another copy.", undefined, {
      cause,
    });
  }
  throw new UserError("EDGE-CLI-052", `${file} is no state as pulumi stack export writes it`, "Name another copy.");
}
