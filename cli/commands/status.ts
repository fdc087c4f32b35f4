import type { Command } from "commander";
import { exitCode, type ExitCode } from "../exitCodes";
import { colorsOf, print, printJson, type Io } from "../io";
import { loadFleet } from "../load";
import {
  outFolder,
  withFleet,
  withJson,
  withOut,
  withRollout,
  type OutputOptions,
  type RolloutChoice,
} from "../options";
import { formatOverview, mostRows } from "../printing/overview";
import { formatSites } from "../printing/summary";
import { driverOf, withLastRun } from "../rollout/ledgerFile";
import { statusJson } from "../statusJson";

interface StatusOptions extends OutputOptions, RolloutChoice {
  readonly sites?: boolean;
}

/** `edgewave status`, and the same as `edgewave rollout status`. */
export function addStatus(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program.command("status").description("show how the last rollout stands or ended");
  withRollout(withJson(withOut(withFleet(command))))
    .option("--sites", `list every site (default: up to ${mostRows} of them)`)
    .action(async (options: StatusOptions) => {
      const { fleet } = await loadFleet(io, options);
      await withLastRun(outFolder(io, options, fleet.name), options.rollout, async ({ ledger, state }) => {
        const holder = await driverOf(ledger, state.rollout);
        if (options.json) {
          const driver = holder === undefined ? null : { host: holder.host, pid: holder.pid, owner: holder.owner };
          return printJson(io, { ...statusJson(state), driver });
        }
        const colors = colorsOf(io);
        const driver = holder && `process ${holder.pid} on ${holder.host}`;
        print(io, formatOverview(state, driver, Date.now(), colors));
        if (options.sites || state.sites.size <= mostRows) print(io, `\n${formatSites(state, colors)}`);
      });
      done(exitCode.done);
    });
}
