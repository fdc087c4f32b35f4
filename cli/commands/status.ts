import type { Command } from "commander";
import { exitCode, type ExitCode } from "../exitCodes";
import { bringReports } from "../hubReports";
import { colorsOf, print, printJson, type Io } from "../io";
import { outFolder, withLedger, type LedgerOptions } from "../options";
import { formatOverview, mostRows } from "../printing/overview";
import { formatHubReports, formatReportTable, formatSiteReports } from "../printing/siteReports";
import { formatSites } from "../printing/summary";
import { requireOwner } from "../outFolder";
import { driverOf, driverText, withLastRunOf } from "../rollout/ledgerFile";
import { readSiteReports } from "../siteReports";
import { hubReportsJson, reportsJson, statusJson } from "../statusJson";

interface StatusOptions extends LedgerOptions {
  readonly sites?: boolean;
  readonly offline?: boolean;
}

/** `edgewave status`, and the same as `edgewave rollout status`. */
export function addStatus(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = program
    .command("status")
    .description("show how the last rollout stands or ended, and how the sites are by their own reports");
  withLedger(command)
    .option("--sites", `list every site (default: up to ${mostRows} of them)`)
    .option("--offline", "tell what was read last, and ask no hub for the sites' reports")
    .action(async (options: StatusOptions) => {
      await withLastRunOf(io, options, async ({ ledger, state }, { fleet }) => {
        const out = outFolder(io, options, fleet.name);
        await requireOwner(out, fleet.name);
        const hub = await bringReports(io, fleet, out, options.offline === true);
        const now = Date.now();
        const reports = await readSiteReports(fleet, out, { ledger, state }, hub, now);
        const holder = await driverOf(ledger, state.rollout);
        if (options.json) {
          const driver = holder === undefined ? null : { host: holder.host, pid: holder.pid, owner: holder.owner };
          const told = { hub: hubReportsJson(hub), reports: reportsJson(reports, now) };
          return printJson(io, { ...statusJson(state), driver, ...told });
        }
        const colors = colorsOf(io);
        print(io, formatOverview(state, driverText(holder), now, colors));
        if (reports !== undefined) print(io, `\n${formatSiteReports(reports, now, colors)}`);
        if (hub !== undefined) print(io, formatHubReports(hub, now, colors));
        if (options.sites || state.sites.size <= mostRows) {
          print(io, `\n${formatSites(state, colors)}`);
          if (reports !== undefined) print(io, `\n${formatReportTable(reports, now, colors)}`);
        }
      });
      done(exitCode.done);
    });
}
