import { forecast, type Forecast } from "../../rollout/forecast";
import { usualAssumptions } from "../../rollout/simulate/behaviour";
import type { RolloutState } from "../../rollout/state";
import { openingOf } from "../../rollout/windows/openings";
import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson } from "../io";
import { chooseRelease, chooseRollout, loadFleet } from "../load";
import { outFolder, withFleet, withJson, withOut, type OutputOptions } from "../options";
import { formatFindings, plural } from "../printing/findings";
import { formatHeading } from "../printing/heading";
import { mostRows } from "../printing/overview";
import { formatPlan } from "../printing/plan";
import type { AddCommand } from "../program";
import { fieldPlans } from "../rollout/fieldPlans";
import { type Outlook, outlookOf } from "../rollout/outlook";

interface PlanOptions extends OutputOptions {
  readonly rollout?: string;
  readonly sites?: boolean;
}

/** Rollouts that are read to tell how long a site takes, and runs of sites that are enough to tell it. */
const history = { most: 5, enough: 500 };

const help = `
Predicted times are those of the runs that the ledger in --out tells of, by profile and by gate; where it has none,
30 s a run and 30 s a gate. A run takes no less than its content takes over the site's link, as far as the release's lock
tells sizes; with preStage the content is taken to be under way from the start. Approvals are taken as given at once, and
nothing is taken to fail: edgewave simulate tells what may come instead.
`;

export const addPlan: AddCommand = (program, io, done) => {
  const command = program
    .command("plan")
    .description("show which sites a rollout takes, in which waves, under what, and when; touches nothing")
    .addHelpText("after", help);
  withJson(withOut(withFleet(command)))
    .option("-r, --rollout <name>", "which rollout, if the fleet has several")
    .option("--sites", `list every site (default: up to ${mostRows} of them)`)
    .action(async (options: PlanOptions) => {
      const { fleet, warnings } = await loadFleet(io, options);
      const rollout = chooseRollout(fleet, options.rollout);
      const release = chooseRelease(fleet, rollout.release);
      const out = outFolder(io, options, fleet.name);
      const outlook = await outlookOf({ fleet, rollout, release }, out, Date.now(), history);
      const { plan, state, unchanged } = outlook;
      const field = await fieldPlans(fleet, state, release, out);
      const predicted = forecast(state, state.startedAt, outlook);
      if (options.json) {
        const locked = release.lock !== undefined;
        printJson(io, {
          fleet: fleet.name,
          locked,
          plan,
          kubespray: field,
          ...forecastJson(outlook, predicted),
          warnings,
        });
      } else {
        const colors = colorsOf(io);
        const listed = options.sites === true || state.sites.size <= mostRows;
        const view = {
          fleet,
          state,
          predicted,
          source: sourceOf(outlook),
          unchanged,
          listed,
          field,
          transfers: outlook.transfers,
        };
        const parts = [formatHeading(fleet, release, plan, colors), formatPlan(view, colors)];
        if (warnings.length > 0) parts.push(formatFindings(warnings, colors));
        print(io, parts.join("\n\n"));
      }
      done(exitCode.done);
    });
};

function sourceOf({ history: past, historyRuns: runs }: Outlook): string {
  const samples = [...past.seconds.values()].reduce((sum, { length }) => sum + length, 0);
  if (samples === 0) return `no run of a site is recorded, so ${usualAssumptions.seconds} s each are assumed`;
  return `from ${plural(samples, "run")} of sites in ${runs === 1 ? "the last rollout" : `the last ${runs} rollouts`}`;
}

/** Times are ISO, what is not there is null. */
function forecastJson(outlook: Outlook, predicted: Forecast) {
  const { state, unchanged } = outlook;
  return {
    forecast: {
      startsAt: iso(state.startedAt),
      endsAt: iso(predicted.endsAt),
      stuck: predicted.stuck ?? null,
      halts: predicted.halts ?? null,
      source: sourceOf(outlook),
      recordedRuns: outlook.history.runs,
      unchanged: unchanged.size,
      transfers: Object.fromEntries(outlook.transfers),
      waves: state.waves.map((wave) => waveJson(state, predicted, wave)),
    },
  };
}

function waveJson(state: RolloutState, { waves }: Forecast, wave: RolloutState["waves"][number]) {
  const { closed, never, opensAt } = openingOf(state, wave, state.startedAt);
  const { startsAt, endsAt } = waves.get(wave.plan.name) ?? {};
  return {
    wave: wave.plan.name,
    startsAt: iso(startsAt),
    endsAt: iso(endsAt),
    windows: { closed, never, opensAt: iso(opensAt) },
  };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
