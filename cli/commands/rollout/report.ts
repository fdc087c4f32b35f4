import { exitCode } from "../../exitCodes";
import { print, printJson } from "../../io";
import { loadFleet } from "../../load";
import {
  outFolder,
  withFleet,
  withJson,
  withOut,
  withRollout,
  type OutputOptions,
  type RolloutChoice,
} from "../../options";
import type { AddCommand } from "../../program";
import { withLastRun } from "../../rollout/ledgerFile";
import { askOf, whoAsks } from "../../rollout/request";
import { statusJson } from "../../statusJson";
import { UserError } from "../../userError";

interface ReportOptions extends OutputOptions, RolloutChoice {
  readonly pass?: boolean;
  readonly fail?: boolean;
  readonly detail: string;
}

export const addReport: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("report")
    .description("record what a site told after its end, be it weeks later; it counts as if it had been told in time")
    .argument("<site>", "the site");
  withRollout(withJson(withOut(withFleet(command))))
    .option("--pass", "the release works there")
    .option("--fail", "it does not: the failure spends the budgets, and what is left of a catch-up is stopped")
    .requiredOption("--detail <text>", "what was told")
    .action(async (site: string, options: ReportOptions) => {
      if ((options.pass ?? false) === (options.fail ?? false)) {
        throw new UserError("EDGE-CLI-048", "a report says --pass or --fail", "Give one of the two.");
      }
      const { fleet } = await loadFleet(io, options);
      await withLastRun(outFolder(io, options, fleet.name), options.rollout, async ({ ledger, state }) => {
        const result = options.pass ? ("pass" as const) : ("fail" as const);
        const request = { type: "evidence" as const, by: whoAsks(), site, result, detail: options.detail };
        const asked = await askOf(ledger, state, request);
        if (options.json) return printJson(io, { ...statusJson(asked.state), driven: asked.driven });
        print(io, `recorded that ${site} reports ${result}`);
        if (!asked.driven && asked.state.finished === undefined) {
          print(io, "no driver is at work; edgewave rollout start decides what follows from it");
        }
      });
      done(exitCode.done);
    });
};
