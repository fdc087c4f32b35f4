import path from "node:path";
import { foldEvents } from "../../rollout/fold";
import { openLedgerForReading } from "../../rollout/ledger/sqliteLedger";
import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson } from "../io";
import { loadFleet } from "../load";
import { outFolder, withFleet, withJson, withOut, type OutputOptions } from "../options";
import { formatEnd, formatReasons, formatSites } from "../printing/summary";
import type { AddCommand } from "../program";
import { statusJson } from "../statusJson";
import { UserError } from "../userError";

interface StatusOptions extends OutputOptions {
  readonly rollout?: string;
}

export const addStatus: AddCommand = (program, io, done) => {
  const command = program.command("status").description("show how the last rollout stands or ended");
  withJson(withOut(withFleet(command)))
    .option("-r, --rollout <name>", "the last run of this rollout instead of the last of all")
    .action(async (options: StatusOptions) => {
      const { fleet } = await loadFleet(io, options);
      const file = path.join(outFolder(io, options, fleet.name), "ledger.db");
      const ledger = await openLedgerForReading(file);
      const last = await ledger?.lastRun(options.rollout);
      if (ledger === undefined || last === undefined) {
        ledger?.close();
        throw new UserError("EDGE-CLI-030", `no rollout is recorded in ${file}`, "Start one with: edgewave rollout");
      }
      try {
        const state = foldEvents(await ledger.events(last.run));
        const holder = await ledger.holder(`rollout/${state.rollout}`);
        const driven = holder !== undefined && holder.owner !== "dead";
        const colors = colorsOf(io);
        if (options.json) {
          const driver = holder === undefined ? null : { host: holder.host, pid: holder.pid, owner: holder.owner };
          printJson(io, { ...statusJson(state), driver });
        } else {
          const driver =
            state.finished === undefined && !driven
              ? [colors.yellow("no driver is at work; edgewave rollout resumes it")]
              : [];
          const reasons = formatReasons(state, colors);
          const parts = [
            `${colors.bold(state.fleet)} to release ${colors.bold(state.release)} by rollout ${state.rollout}: ${formatEnd(state)}`,
            ...driver,
            formatSites(state, colors),
            ...(reasons.length === 0 ? [] : [reasons.join("\n")]),
          ];
          print(io, parts.join("\n\n"));
        }
        done(exitCode.done);
      } finally {
        ledger.close();
      }
    });
};
