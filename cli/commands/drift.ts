import { existsSync } from "node:fs";
import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import { driftOfFleet, type SiteDrift } from "../../rollout/driftOfFleet";
import type { SiteSuccess } from "../../rollout/events";
import type { Ledger } from "../../rollout/ledger/ledger";
import { planWaves } from "../../rollout/planWaves";
import { siteLayout } from "../../rollout/runner/layout";
import { chooseEngine } from "../engine";
import { exitCode, type ExitCode } from "../exitCodes";
import { type Interrupts, listenForInterrupts } from "../interrupt";
import { colorsOf, print, printJson, type Io } from "../io";
import { chooseRelease, chooseRollout, chooseSite, loadFleet, type LoadedFleet } from "../load";
import { outFolder, wholeNumber, withEngine, withFleet, withJson, withOut, type EngineOptions } from "../options";
import { requireOwner } from "../outFolder";
import { findPassphrase } from "../passphrase";
import { driftProgress } from "../printing/driftProgress";
import { driftJson, formatDrift } from "../printing/drift";
import type { AddCommand } from "../program";
import { withExistingLedger } from "../rollout/withLedger";
import { createRunner } from "../runner";
import { trustedKeys } from "../signingKey";
import { UserError } from "../userError";

interface DriftOptions extends EngineOptions {
  readonly rollout?: string;
  readonly release?: string;
  readonly concurrency: string;
}

const help = `
Each site is compared with the release that it was last brought to. -r takes the sites and the release of a rollout,
--release another release: what a site would still need then counts as drift. A site on a cluster is refreshed first, so
that what somebody changed there shows; a rendered one is compared with the files that the last run wrote.

Nothing is written: neither state nor files nor history. edgewave rollout start, or edgewave site up, puts right what is
found.

Exit codes: 0 no drift (sites that are not made yet or have no link are named and do not count), 1 drift or a failure,
4 none of these, but a site was busy, 130 interrupted.
`;

export const addDrift: AddCommand = (program, io, done) => {
  const command = program
    .command("drift")
    .description("compare what is at the sites with what they were brought to; writes nothing")
    .argument("[sites...]", "these sites alone (default: all of the fleet)")
    .addHelpText("after", help);
  withJson(withEngine(withOut(withFleet(command))))
    .option("-r, --rollout <name>", "the sites of this rollout, with its release")
    .option("--release <name>", "with this release")
    .option("--concurrency <number>", "sites that are compared at once", "4")
    .action(async (sites: string[], options: DriftOptions) => done(await drift(io, sites, options)));
};

async function drift(io: Io, names: readonly string[], options: DriftOptions): Promise<ExitCode> {
  const concurrency = wholeNumber("--concurrency", options.concurrency, 1);
  if (options.rollout !== undefined && options.release !== undefined) {
    throw new UserError("EDGE-CLI-063", "--rollout has a release of its own", "Give --rollout or --release.");
  }
  const loaded = await loadFleet(io, options);
  const out = outFolder(io, options, loaded.fleet.name);
  const { sites, release } = chosen(loaded.fleet, names, options);
  await requireOwner(out, loaded.fleet.name);
  return withExistingLedger(out, async (ledger) => {
    const interrupts = listenForInterrupts(io);
    const progress = driftProgress(io, sites.length, options.json === true);
    try {
      const began = Date.now();
      const job = { loaded, out, sites, release, concurrency };
      const results = await compare(io, ledger, job, options, interrupts, progress);
      progress.close();
      const seconds = (Date.now() - began) / 1000;
      if (options.json) printJson(io, driftJson(loaded.fleet.name, results, seconds));
      else print(io, formatDrift(results, seconds, colorsOf(io)));
      return codeOf(results, interrupts);
    } finally {
      progress.close();
      interrupts.dispose();
    }
  });
}

/** The sites to compare, and the release if it is not each site's own. */
function chosen(fleet: Fleet, names: readonly string[], { rollout: name, release }: DriftOptions) {
  const rollout = name === undefined ? undefined : chooseRollout(fleet, name);
  const taken = rollout && new Set(planWaves(fleet.sites, rollout).waves.flatMap((wave) => wave.sites));
  const named = names.length === 0 ? fleet.sites : [...new Set(names)].map((site) => chooseSite(fleet, site));
  const sites = named.filter((site) => taken?.has(site.name) ?? true);
  if (sites.length === 0) {
    throw new UserError(
      "EDGE-CLI-062",
      rollout === undefined ? "the fleet has no site" : `rollout ${rollout.name} takes none of these sites`,
      "edgewave plan shows which sites a rollout takes.",
    );
  }
  const wanted = rollout?.release ?? release;
  return { sites, release: wanted === undefined ? undefined : chooseRelease(fleet, wanted) };
}

interface Job {
  readonly loaded: LoadedFleet;
  readonly out: string;
  readonly sites: readonly ResolvedSite[];
  readonly release: Release | undefined;
  readonly concurrency: number;
}

async function compare(
  io: Io,
  ledger: Ledger,
  { loaded: { fleet, folder }, out, sites, release, concurrency }: Job,
  options: DriftOptions,
  { stop, hardStop }: Interrupts,
  progress: ReturnType<typeof driftProgress>,
): Promise<SiteDrift[]> {
  const successes = await ledger.successes();
  const isMade = (site: string) => existsSync(siteLayout(out, site).checkpoint);
  const common = {
    sites,
    fleet: { name: fleet.name, domain: fleet.domain, hub: fleet.hub },
    releaseOf: (site: ResolvedSite) => release ?? lastRelease(fleet, successes, site),
    isMade,
    ledger,
    concurrency,
    signal: stop,
    onStart: progress.started,
    onEnd: progress.ended,
    onWaiting: progress.waiting,
  };
  // Without a state nothing is started, and so no passphrase is asked for or made.
  if (!sites.some(({ name }) => isMade(name))) return driftOfFleet({ ...common, signers: [], runner: noRunner });
  const engine = await chooseEngine(options.engine, io.env);
  const passphrase = await findPassphrase(io.env, out);
  const runner = createRunner({ engine, passphrase, env: io.env, out, fleetFolder: folder });
  try {
    const results = driftOfFleet({ ...common, signers: await trustedKeys(out), runner });
    // After a second Ctrl-C nobody waits for it, and it ends with its workers.
    results.catch(() => undefined);
    return await Promise.race([results, whenAborted(hardStop)]);
  } finally {
    await runner.close();
  }
}

const noRunner = { drift: () => Promise.reject(new Error("there is nothing to compare")) };

/** A second Ctrl-C waits for nobody: workers are ended, and what is known so far is not worth a report. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () =>
      reject(
        new UserError("EDGE-RUN-007", "stopped at once", "Nothing was changed; run it again.", exitCode.interrupted),
      );
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}

function lastRelease(
  fleet: Fleet,
  successes: ReadonlyMap<string, SiteSuccess>,
  { name }: ResolvedSite,
): Release | { readonly unknown: string } {
  const last = successes.get(name)?.release;
  const hint = "name one with --release";
  if (last === undefined) return { unknown: `no rollout has brought it to a release; ${hint}` };
  const found = fleet.releases.find((release) => release.name === last);
  return found ?? { unknown: `the fleet no longer has release ${last}, which it was brought to; ${hint}` };
}

function codeOf(results: readonly SiteDrift[], { stop }: Interrupts): ExitCode {
  if (stop.aborted) return exitCode.interrupted;
  const is = (...words: SiteDrift["status"][]) => results.some(({ status }) => words.includes(status));
  if (is("drifted", "failed", "cancelled")) return exitCode.failed;
  return is("busy") ? exitCode.locked : exitCode.done;
}
