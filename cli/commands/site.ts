import path from "node:path";
import { type Command, Option } from "commander";
import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import type { Ledger } from "../../rollout/ledger/ledger";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { isTouched, withSiteClaim } from "../../rollout/siteRun";
import { RunCancelled, RunFailed, type RunProgress, type RunRequest, type RunResult } from "../../rollout/stackRunner";
import { chooseEngine } from "../engine";
import { exitCode, type ExitCode } from "../exitCodes";
import { listenForInterrupts } from "../interrupt";
import { colorsOf, print, printJson, type Io } from "../io";
import { chooseOnlyRelease, chooseRelease, chooseSite, loadFleet } from "../load";
import { outFolder, withEngine, withFleet, withJson, withOut, withSigningKey, type EngineOptions } from "../options";
import { claimOutFolder } from "../outFolder";
import { findPassphrase } from "../passphrase";
import { plural } from "../printing/findings";
import { formatSeconds } from "../printing/outcome";
import type { AddCommand } from "../program";
import { requireFieldSettings } from "../fieldSettings";
import { createRunner } from "../runner";
import { findSigningKey } from "../signingKey";
import { recipientsOf } from "../sopsKeys";
import { UserError } from "../userError";
import { addSiteGit } from "./siteGit";
import { addSiteOutput } from "./siteOutput";
import { addSiteRestore } from "./siteRestore";

interface SiteOptions extends EngineOptions {
  readonly release?: string;
  readonly yes?: boolean;
  readonly nodes?: "keep" | "reset";
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
      "which release (default: the one that the site has)",
    );
    if (verb === "destroy") {
      command
        .option("-y, --yes", "do it; without this nothing is destroyed")
        .addOption(
          new Option(
            "--nodes <what>",
            "what becomes of a field site's nodes: Kubernetes stays, or reset.yml removes it",
          ).choices(["keep", "reset"]),
        );
    }
    command.action(async (name: string, options: SiteOptions) => done(await runVerb(io, verb, name, options)));
  }
  addSiteOutput(site, io, done);
  addSiteGit(site, io, done);
  addSiteRestore(site, io, done);
};

async function runVerb(io: Io, verb: Verb, name: string, options: SiteOptions): Promise<ExitCode> {
  const { fleet, folder } = await loadFleet(io, options);
  const site = chooseSite(fleet, name);
  if (verb === "destroy" && options.yes !== true) {
    throw new UserError(
      "EDGE-CLI-003",
      `destroy removes everything that the stack of ${name} made`,
      "Repeat it with --yes.",
    );
  }
  if (verb === "destroy" && site.target === "field" && options.nodes === undefined) {
    throw new UserError(
      "EDGE-CLI-003",
      `${name} is a field site, and nothing says what becomes of its nodes`,
      "Repeat it with --nodes keep to leave Kubernetes on them, or --nodes reset to remove it with all its data.",
    );
  }
  requireFieldSettings(io, [site]);
  const out = outFolder(io, options, fleet.name);
  const engine = await chooseEngine(options.engine, io.env);
  await claimOutFolder(out, fleet.name);
  const passphrase = await findPassphrase(io.env, out);
  const { key } = await findSigningKey(options.signingKey, io.cwd, out);
  // The stack gives the site the key of its secrets.
  await recipientsOf(out, [site]);
  const ledger = await openLedger(path.join(out, "ledger.db"));
  const runner = createRunner({ engine, passphrase, env: io.env, out, fleetFolder: folder });
  const interrupts = listenForInterrupts(io);
  try {
    const release = await releaseFor(fleet, ledger, name, options.release);
    if (!options.json) announce(io, verb, site, release);
    const outcome = await withSiteClaim(ledger, name, async (fencingToken) => {
      const request: RunRequest = {
        site,
        release,
        fleet: { name: fleet.name, domain: fleet.domain, hub: fleet.hub },
        signers: [key.publicKey],
        fencingToken,
        nodes: options.nodes,
        touched: verb === "up" && (await isTouched(ledger, runner, name)),
      };
      const tell = doingTeller(io, options.json === true);
      const onProgress = ({ doing }: RunProgress) => tell(doing);
      return runner[verb](request, { signal: interrupts.stop, onProgress }).catch(failureOrThrow);
    });
    const failed = outcome instanceof Error;
    if (options.json) {
      printJson(io, {
        site: name,
        verb,
        release: release.name,
        engine,
        ...(failed ? { error: outcome.message } : outcome),
      });
    } else if (!failed) print(io, describe(verb, name, outcome));
    else {
      const word = outcome instanceof RunCancelled ? "interrupted" : "failed";
      io.stderr.write(`${colorsOf(io).red(word)} ${name}: ${outcome.message}\n`);
    }
    if (!failed) return exitCode.done;
    return outcome instanceof RunCancelled ? exitCode.interrupted : exitCode.failed;
  } finally {
    interrupts.dispose();
    await runner.close();
    ledger.close();
  }
}

/** Shows where a playbook is, a line for each play and task; on a terminal, each host too. */
function doingTeller(io: Io, quiet: boolean): (doing: string | undefined) => void {
  let last: string | undefined;
  return (doing) => {
    if (quiet || doing === undefined || doing === last) return;
    last = doing;
    io.stderr.write(`${colorsOf(io).dim(`  ${doing}`)}\n`);
  };
}

function failureOrThrow(error: unknown): RunFailed | RunCancelled {
  if (error instanceof RunFailed || error instanceof RunCancelled) return error;
  throw error;
}

/** The named release, else the one that the last rollout brought the site to, else the only one. */
async function releaseFor(fleet: Fleet, ledger: Ledger, site: string, named: string | undefined): Promise<Release> {
  if (named !== undefined) return chooseRelease(fleet, named);
  const last = await ledger.lastSuccess(site);
  return fleet.releases.find(({ name }) => name === last?.release) ?? chooseOnlyRelease(fleet);
}

function announce(io: Io, verb: Verb, site: ResolvedSite, release: Release): void {
  const colors = colorsOf(io);
  if (verb !== "destroy") print(io, colors.dim(`${site.name} with release ${release.name}`));
  if (site.offline !== undefined) {
    print(io, colors.yellow(`${site.name} is marked offline (${site.offline.reason}); this goes on all the same`));
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
