import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { isTouched, withSiteClaim } from "../../rollout/siteRun";
import { RunCancelled, RunFailed, type RunResult } from "../../rollout/stackRunner";
import { chooseEngine } from "../engine";
import { exitCode, type ExitCode } from "../exitCodes";
import { listenForInterrupts } from "../interrupt";
import { colorsOf, print, printJson, type Io } from "../io";
import { chooseRelease, chooseSite, loadFleet } from "../load";
import { outFolder, withEngine, withFleet, withJson, withOut, withSigningKey, type EngineOptions } from "../options";
import { findPassphrase } from "../passphrase";
import { plural } from "../printing/findings";
import { formatSeconds } from "../printing/outcome";
import type { AddCommand } from "../program";
import { createRunner } from "../runner";
import { findSigningKey } from "../signingKey";
import { UserError } from "../userError";

interface SiteOptions extends EngineOptions {
  readonly release?: string;
  readonly yes?: boolean;
}

const verbs = {
  up: "run one site's stack; its deploy branch stays where it is, a rollout moves it",
  preview: "show what up would change at one site; touches nothing",
  destroy: "remove everything that one site's stack made",
} as const;
type Verb = keyof typeof verbs;

export const addSite: AddCommand = (program, io, done) => {
  const site = program.command("site").description("work on one site's stack, outside of any rollout");
  for (const verb of Object.keys(verbs) as Verb[]) {
    const command: Command = site.command(verb).description(verbs[verb]).argument("<name>", "the site");
    withJson(withSigningKey(withEngine(withOut(withFleet(command))))).option(
      "--release <name>",
      "which release (default: the newest)",
    );
    if (verb === "destroy") command.option("-y, --yes", "do it; without this nothing is destroyed");
    command.action(async (name: string, options: SiteOptions) => done(await runVerb(io, verb, name, options)));
  }
};

async function runVerb(io: Io, verb: Verb, name: string, options: SiteOptions): Promise<ExitCode> {
  const { fleet, folder } = await loadFleet(io, options);
  const site = chooseSite(fleet, name);
  const release = chooseRelease(fleet, options.release);
  if (verb === "destroy" && options.yes !== true) {
    throw new UserError(
      "EDGE-CLI-003",
      `destroy removes everything that the stack of ${name} made`,
      "Repeat it with --yes.",
    );
  }
  const out = outFolder(io, options, fleet.name);
  const engine = await chooseEngine(options.engine, io.env);
  await mkdir(out, { recursive: true });
  const passphrase = await findPassphrase(io.env, out);
  const { key } = await findSigningKey(options.signingKey, io.cwd, out);
  const ledger = await openLedger(path.join(out, "ledger.db"));
  const runner = createRunner({ engine, passphrase, env: io.env, out, fleetFolder: folder });
  const interrupts = listenForInterrupts(io);
  try {
    const result = await withSiteClaim(ledger, name, async (fencingToken) =>
      runner[verb](
        {
          site,
          release,
          fleet: { name: fleet.name, domain: fleet.domain, hub: fleet.hub },
          signers: [key.publicKey],
          fencingToken,
          touched: verb === "up" && (await isTouched(ledger, runner, name)),
        },
        { signal: interrupts.stop, onProgress: () => undefined },
      ),
    );
    if (options.json) printJson(io, { site: name, verb, release: release.name, engine, ...result });
    else print(io, describe(verb, name, result));
    return exitCode.done;
  } catch (error) {
    if (!(error instanceof RunFailed || error instanceof RunCancelled)) throw error;
    const interrupted = error instanceof RunCancelled;
    const code = interrupted ? exitCode.interrupted : exitCode.failed;
    if (options.json) printJson(io, { site: name, verb, release: release.name, engine, error: error.message });
    else io.stderr.write(`${colorsOf(io).red(interrupted ? "interrupted" : "failed")} ${name}: ${error.message}\n`);
    return code;
  } finally {
    interrupts.dispose();
    await runner.close();
    ledger.close();
  }
}

function describe(verb: Verb, name: string, { changes, resources, seconds, notes = [] }: RunResult): string {
  const counts = Object.entries(changes).filter(([, count]) => count > 0);
  const changed = counts.map(([operation, count]) => `${count} ${operation}`).join(", ");
  const left = verb === "destroy" ? "" : `, ${plural(resources, "resource")}`;
  return [
    ...notes,
    `${verb} ${name}: ${changed === "" ? "nothing to do" : changed}${left}, ${formatSeconds(seconds)}`,
  ].join("\n");
}
