import { exitCode } from "../../exitCodes";
import { print } from "../../io";
import { withLedger, type LedgerOptions } from "../../options";
import type { AddCommand } from "../../program";
import { askAndTell } from "../../rollout/askAndTell";
import { withLastRunOf } from "../../rollout/ledgerFile";
import { whoAsks } from "../../rollout/request";
import { UserError } from "../../userError";

interface ReportOptions extends LedgerOptions {
  readonly pass?: boolean;
  readonly fail?: boolean;
  readonly detail: string;
}

export const addReport: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("report")
    .description("record what a site told after its end, be it weeks later; it counts as if it had been told in time")
    .argument("<site>", "the site");
  withLedger(command)
    .option("--pass", "the release works there")
    .option("--fail", "it does not: the failure spends the budgets, and what is left of a catch-up is stopped")
    .requiredOption("--detail <text>", "what was told")
    .action(async (site: string, options: ReportOptions) => {
      if ((options.pass ?? false) === (options.fail ?? false)) {
        throw new UserError("EDGE-CLI-048", "a report says --pass or --fail", "Give one of the two.");
      }
      const result = options.pass ? ("pass" as const) : ("fail" as const);
      const request = { type: "evidence" as const, by: whoAsks(), site, result, detail: options.detail };
      await withLastRunOf(io, options, (last) =>
        askAndTell(io, options, last, request, ({ driven, state }) => {
          print(io, `recorded that ${site} reports ${result}`);
          if (!driven && state.finished === undefined) {
            print(io, "no driver is at work; edgewave rollout start decides what follows from it");
          }
        }),
      );
      done(exitCode.done);
    });
};
