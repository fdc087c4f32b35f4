import {
  type Assumptions,
  recordedBehaviour,
  usualAssumptions,
  withTransfers,
  withUnchanged,
} from "../../rollout/simulate/behaviour";
import { simulateMany } from "../../rollout/simulate/many";
import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson, type Io } from "../io";
import { chooseRelease, chooseRollout, loadFleet } from "../load";
import { outFolder, seconds, wholeNumber, withFleet, withJson, withOut, type OutputOptions } from "../options";
import { formatHeading, formatUnderWay } from "../printing/heading";
import { simulationProgress } from "../printing/simulationProgress";
import { formatSimulation, simulationJson } from "../printing/simulation";
import { formatTime } from "../printing/time";
import type { AddCommand } from "../program";
import { driverOf, withLastRunOf } from "../rollout/ledgerFile";
import { type Outlook, outlookFrom, outlookOf } from "../rollout/outlook";
import { UserError } from "../userError";

interface SimulateOptions extends OutputOptions {
  readonly rollout?: string;
  readonly runs?: string;
  readonly seed: string;
  readonly fail: string;
  readonly vanish: string;
  readonly gateFail: string;
  readonly seconds?: string;
  readonly approval: string;
  readonly fromHistory: string;
  readonly start?: string;
  readonly fromLedger?: boolean;
}

/** What `--from-history` reads, and how many simulated runs of sites the default number of runs is made for. */
const defaultHistory = 5;
const defaultSiteRuns = 40_000;

const help = `
The plan is taken to its end again and again, by the driver's own decisions, with sites that behave as assumed. What the
ledger in --out tells of earlier runs goes first: how long sites of a profile and gates of a type took, and how often
they failed, if that was more often than assumed. --seconds given by hand overrules the recorded times of runs. Sites
that are at the release already are not taken to run. The same seed, runs and files give the same answer.

With --from-ledger it goes on from where the last run is now: what is done stays done, what is in flight ends, and what
somebody paused stays so; what is still to come over a link is not reckoned then. Plan, sites and release are those that
were frozen when the run started.

By default as many runs are made as take a few seconds: ${defaultSiteRuns.toLocaleString("en")} divided by the number of sites, between 20 and 1000.
`;

export const addSimulate: AddCommand = (program, io, done) => {
  const command = program
    .command("simulate")
    .description(
      "take a rollout to its end many times with made-up sites, from its beginning or from where it is: when it ends, how often it halts and where",
    )
    .addHelpText("after", help);
  withJson(withOut(withFleet(command)))
    .option("-r, --rollout <name>", "which rollout, if the fleet has several")
    .option("--runs <number>", "how often (default: by the size of the fleet)")
    .option("--seed <number>", "a whole number that all chance follows from", "1")
    .option("--fail <percent>", "runs of sites that fail", "2%")
    .option("--vanish <percent>", "runs of sites that lose their link", "1%")
    .option("--gate-fail <percent>", "gates that say fail", "1%")
    .option(
      "--seconds <seconds>",
      `a site's run takes so long, give or take a fifth (default: ${usualAssumptions.seconds})`,
    )
    .option("--approval <duration>", "until somebody approves a wave, such as 2h; or never", "2h")
    .option("--from-history <runs>", "how many of the ledger's last runs are read, or none", String(defaultHistory))
    .option("--start <time>", "when it starts or goes on, such as 2026-11-26T20:00Z (default: now)")
    .option("--from-ledger", "go on from where the last run is, instead of from the beginning")
    .action(async (options: SimulateOptions) => {
      await simulate(io, options);
      done(exitCode.done);
    });
};

async function simulate(io: Io, options: SimulateOptions): Promise<void> {
  const assumptions = assumptionsOf(options);
  const seed = wholeNumber("--seed", options.seed, 0);
  const startAt = options.start === undefined ? Date.now() : timeOf(options.start);
  const historyRuns = options.fromHistory === "none" ? 0 : wholeNumber("--from-history", options.fromHistory, 1);
  const { heading, ...outlook } = await outlookFor(io, options, startAt, historyRuns);
  const { state, unchanged, transfers } = outlook;
  const history = options.seconds === undefined ? outlook.history : { ...outlook.history, seconds: new Map() };
  const runs = options.runs === undefined ? defaultRuns(state.sites.size) : wholeNumber("--runs", options.runs, 1);
  const progress = simulationProgress(io, runs);
  try {
    const carrying = withTransfers(recordedBehaviour(history, assumptions), transfers, state.plan.preStage);
    const distribution = simulateMany(state, withUnchanged(carrying, unchanged), {
      runs,
      seed,
      now: startAt,
      onRun: progress.done,
    });
    progress.close();
    const { historyRuns: read } = outlook;
    const from = { at: startAt, underWay: options.fromLedger === true };
    const view = { state, from, assumptions, history, historyRuns: read, unchanged, transfers, distribution };
    if (options.json) return printJson(io, simulationJson(view));
    print(io, `${heading}\n\n${formatSimulation(view, colorsOf(io))}`);
  } finally {
    progress.close();
  }
}

/** What is simulated, with its first line for people. */
async function outlookFor(
  io: Io,
  options: SimulateOptions,
  startAt: number,
  most: number,
): Promise<Outlook & { readonly heading: string }> {
  const colors = colorsOf(io);
  if (options.fromLedger) {
    return withLastRunOf(io, options, async (last) => {
      if (startAt < last.state.at) {
        const hint = "Leave out --start, or give a later time.";
        throw new UserError(
          "EDGE-CLI-061",
          `--start is before the run's last event, ${formatTime(last.state.at)}`,
          hint,
        );
      }
      const driven = (await driverOf(last.ledger, last.state.rollout)) !== undefined;
      const outlook = await outlookFrom(last, driven, startAt, { most });
      return { ...outlook, heading: formatUnderWay(outlook.state, colors) };
    });
  }
  const { fleet } = await loadFleet(io, options);
  const rollout = chooseRollout(fleet, options.rollout);
  const release = chooseRelease(fleet, rollout.release);
  const outlook = await outlookOf({ fleet, rollout, release }, outFolder(io, options, fleet.name), startAt, { most });
  return { ...outlook, heading: formatHeading(fleet, release, outlook.plan, colors) };
}

/** By the size of the fleet alone, so that two machines agree. */
export function defaultRuns(sites: number): number {
  return Math.min(1000, Math.max(20, Math.floor(defaultSiteRuns / Math.max(1, sites))));
}

function assumptionsOf(options: SimulateOptions): Assumptions {
  const { approval, seconds: given } = options;
  return {
    seconds: given === undefined ? usualAssumptions.seconds : positive("--seconds", given),
    failing: share("--fail", options.fail),
    vanishing: share("--vanish", options.vanish),
    gateSeconds: usualAssumptions.gateSeconds,
    gateFailing: share("--gate-fail", options.gateFail),
    approvalSeconds: approval === "never" ? undefined : approval === "0" ? 0 : seconds("--approval", approval),
  };
}

function share(option: string, written: string): number {
  const [, digits] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(written) ?? [];
  const value = Number(digits);
  if (digits !== undefined && value <= 100) return value / 100;
  throw new UserError("EDGE-CLI-060", `${option} ${written} is no share of 0% to 100%`, "Write it as 2% or 0.5%.");
}

function positive(option: string, written: string): number {
  const value = Number(written);
  if (/^\d+(\.\d+)?$/.test(written) && value > 0 && value <= 86_400) return value;
  throw new UserError("EDGE-CLI-060", `${option} ${written} is no number of seconds up to a day`, "Write it as 30.");
}

function timeOf(written: string): number {
  const time = Date.parse(written);
  // A time without its zone would start elsewhere on another machine.
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(written) && !Number.isNaN(time)) return time;
  throw new UserError("EDGE-CLI-061", `--start ${written} is no time with its zone`, "Write it as 2026-11-26T20:00Z.");
}
