import { why, whyEnded, whyRollout } from "../../rollout/why";
import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson } from "../io";
import { withLedger, type LedgerOptions } from "../options";
import { formatSeconds } from "../printing/outcome";
import type { AddCommand } from "../program";
import { driverOf, withLastRunOf } from "../rollout/ledgerFile";
import { UserError } from "../userError";

export const addWhy: AddCommand = (program, io, done) => {
  const command = program
    .command("why")
    .description("say what a site, a wave or the rollout waits for, since when, and what would change it")
    .argument("[site or wave]", "default: the rollout as a whole");
  withLedger(command).action(async (target: string | undefined, options: LedgerOptions) => {
    await withLastRunOf(io, options, async ({ ledger, state }) => {
      const now = Date.now();
      const said = target === undefined ? (whyRollout(state, now) ?? whyEnded(state)) : why(state, target, now);
      const driven = (await driverOf(ledger, state.rollout)) !== undefined;
      if (said === undefined) {
        const waves = state.waves.map(({ plan }) => plan.name).join(", ");
        const hint = `Its waves are ${waves}; edgewave status --sites lists its sites.`;
        throw new UserError("EDGE-CLI-045", `rollout ${state.rollout} has no site and no wave ${target ?? ""}`, hint);
      }
      const stalled = !driven && state.finished === undefined;
      if (options.json) return printJson(io, { ...said, since: new Date(said.since).toISOString(), driven });
      const colors = colorsOf(io);
      const paint = said.status === "blocked" ? colors.red : said.status === "waiting" ? colors.yellow : colors.green;
      print(io, `${colors.bold(said.target)} ${paint(said.status)}: ${said.condition}`);
      print(
        io,
        `  since ${new Date(said.since).toISOString()}, ${formatSeconds(Math.max(0, now - said.since) / 1000)} ago`,
      );
      print(io, `  what would change it: ${said.remedy}`);
      if (stalled) print(io, colors.yellow("  no driver is at work; edgewave rollout start goes on"));
    });
    done(exitCode.done);
  });
};
