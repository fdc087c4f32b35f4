import path from "node:path";
import { DeployBranchPromoter } from "../../gitops/promoter";
import { publishRelease } from "../../gitops/publish";
import type { Release, Rollout } from "../../fleet/model";
import { systemClock } from "../../rollout/clock";
import { runRollout } from "../../rollout/driver";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { planWaves } from "../../rollout/planWaves";
import { programDigest } from "../../rollout/programDigest";
import type { RolloutState } from "../../rollout/state";
import { chooseEngine, type EngineChoice } from "../engine";
import { exitCode, type ExitCode } from "../exitCodes";
import { listenForInterrupts, type Interrupts } from "../interrupt";
import { colorsOf, print, printJson, type Io } from "../io";
import { chooseRelease, chooseRollout, loadFleet, type LoadedFleet } from "../load";
import { outFolder, withEngine, withFleet, withJson, withOut, withSigningKey, type EngineOptions } from "../options";
import { claimOutFolder } from "../outFolder";
import { findPassphrase } from "../passphrase";
import { formatFindings } from "../printing/findings";
import { formatHeading } from "../printing/heading";
import { formatPublished } from "../printing/published";
import { rolloutProgress, type RolloutProgress } from "../printing/progress";
import { formatEnd, formatReasons, formatSites } from "../printing/summary";
import type { AddCommand } from "../program";
import { writeReport } from "../report";
import { createRunner, home } from "../runner";
import { findSigningKey } from "../signingKey";
import { statusJson } from "../statusJson";

interface RolloutOptions extends EngineOptions {
  readonly rollout?: string;
}

export const addRollout: AddCommand = (program, io, done) => {
  const command = program
    .command("rollout")
    .description("bring the fleet to a release, wave by wave; resumes what an earlier run left");
  withJson(withSigningKey(withEngine(withOut(withFleet(command)))))
    .option("-r, --rollout <name>", "which rollout, if the fleet has several")
    .action(async (options: RolloutOptions) => done(await rollOut(io, options)));
};

/** What every step of the command needs. */
interface Job {
  readonly loaded: LoadedFleet;
  readonly rollout: Rollout;
  readonly release: Release;
  readonly out: string;
  readonly engine: EngineChoice;
  readonly signingKey: string | undefined;
}

async function rollOut(io: Io, options: RolloutOptions): Promise<ExitCode> {
  const loaded = await loadFleet(io, options);
  const rollout = chooseRollout(loaded.fleet, options.rollout);
  const release = chooseRelease(loaded.fleet, rollout.release);
  const out = outFolder(io, options, loaded.fleet.name);
  const engine = await chooseEngine(options.engine, io.env);
  const job = { loaded, rollout, release, out, engine, signingKey: options.signingKey };
  // With --json standard output is one JSON document; what happens goes to standard error as plain lines.
  const watched: Io = options.json ? { ...io, stdout: io.stderr, interactive: false } : io;
  const interrupts = listenForInterrupts(io);
  const progress = rolloutProgress(watched);
  try {
    const state = await drive(watched, job, progress, interrupts);
    progress.close();
    const report = await writeReport(out, state);
    if (options.json) printJson(io, { ...statusJson(state), engine, report, out });
    else printEnd(io, state, report, out);
    return codeOf(state);
  } finally {
    progress.close();
    interrupts.dispose();
  }
}

async function drive(io: Io, job: Job, progress: RolloutProgress, interrupts: Interrupts): Promise<RolloutState> {
  const { loaded, rollout, release, out, engine, signingKey } = job;
  const { fleet, folder, warnings } = loaded;
  const colors = colorsOf(io);
  const plan = planWaves(fleet.sites, rollout);
  print(io, formatHeading(fleet, release, plan, colors));
  print(io, colors.dim(`engine: ${engine.name} ${engine.version} (${engine.reason})`));
  if (warnings.length > 0) print(io, formatFindings(warnings, colors));

  await claimOutFolder(out, fleet.name);
  const passphrase = await findPassphrase(io.env, out);
  if (passphrase.generated !== undefined) {
    print(io, colors.dim(`passphrase: made for the stacks' secrets, kept in ${relative(io, passphrase.generated)}`));
  }
  const signing = await findSigningKey(signingKey, io.cwd, out);
  if (signing.generated) {
    print(io, colors.dim(`signing key: made for releases, kept in ${relative(io, signing.file)}`));
  }
  const git = path.join(out, "git");
  const ledger = await openLedger(path.join(out, "ledger.db"));
  const runner = createRunner({ engine, passphrase, env: io.env, out, fleetFolder: folder });
  try {
    const state = await runRollout({
      fleet,
      release,
      rollout,
      plan,
      signers: [signing.key.publicKey],
      programDigest: await programDigest(home, programParts),
      runner,
      promoter: new DeployBranchPromoter(git),
      ledger,
      clock: systemClock,
      signal: interrupts.stop,
      hardSignal: interrupts.hardStop,
      // Content is in place at every site before the first wave starts.
      prepare: async () => {
        const published = await publishRelease({
          fleet,
          release,
          sites: fleet.sites,
          directory: git,
          signer: signing.key,
          signal: interrupts.stop,
        });
        for (const line of formatPublished(published, colors)) progress.note(line);
      },
      onEvent: progress.onEvent,
      onProgress: progress.onResources,
    });
    return state;
  } finally {
    await runner.close();
    ledger.close();
  }
}

/** What of edgewave itself decides what a stack becomes. */
const programParts = ["stacks", "components", "profiles", "catalog", "package-lock.json"] as const;

function printEnd(io: Io, state: RolloutState, report: string, out: string): void {
  const colors = colorsOf(io);
  const reasons = formatReasons(state, colors);
  const parts = [formatSites(state, colors), ...(reasons.length === 0 ? [] : [reasons.join("\n")]), formatEnd(state)];
  print(io, `\n${parts.join("\n\n")}`);
  print(io, `report: ${relative(io, report)}   artifacts: ${relative(io, out)}`);
}

function relative(io: Io, file: string): string {
  const short = path.relative(io.cwd, file);
  return short.startsWith("..") ? file : short;
}

function codeOf({ halted, interrupted, finished }: RolloutState): ExitCode {
  if (halted !== undefined) return exitCode.halted;
  if (interrupted !== undefined || finished === undefined) return exitCode.interrupted;
  return finished.result === "succeeded" ? exitCode.done : exitCode.failed;
}
