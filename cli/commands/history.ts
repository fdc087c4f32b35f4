import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson } from "../io";
import { loadFleet } from "../load";
import { outFolder, wholeNumber, withFleet, withJson, withOut, type LedgerOptions } from "../options";
import { formatRuns, formatSiteHistory } from "../printing/history";
import type { AddCommand } from "../program";
import { type RunRecord, readRun, siteRecords } from "../rollout/runRecord";
import { withExistingLedger } from "../rollout/withLedger";
import { UserError } from "../userError";

interface HistoryOptions extends LedgerOptions {
  readonly limit: string;
}

export const addHistory: AddCommand = (program, io, done) => {
  const command = program
    .command("history")
    .description("list the runs of all rollouts, the newest first; with a site, what happened to it in each")
    .argument("[site]", "this site alone");
  withJson(withOut(withFleet(command)))
    .option("-r, --rollout <name>", "runs of this rollout alone")
    .option("--limit <number>", "how many runs are looked at", "20")
    .action(async (site: string | undefined, options: HistoryOptions) => {
      const limit = wholeNumber("--limit", options.limit, 1);
      const { fleet } = await loadFleet(io, options);
      await withExistingLedger(outFolder(io, options, fleet.name), async (ledger) => {
        const all = await ledger.runs(options.rollout);
        const records: RunRecord[] = [];
        for (const { run } of all.slice(0, limit)) records.push(await readRun(ledger, run));
        const colors = colorsOf(io);
        if (site === undefined) {
          if (options.json) printJson(io, { runs: records.map(({ state: _, ...record }) => record), of: all.length });
          else print(io, formatRuns(records, all.length, colors));
          return;
        }
        const passed = records.flatMap((record) => siteRecords(record, site) ?? []);
        if (passed.length === 0 && !fleet.sites.some(({ name }) => name === site)) {
          throw new UserError(
            "EDGE-CLI-064",
            `neither the fleet nor the last ${records.length} runs have a site ${site}`,
            "edgewave status --sites lists the sites; a higher --limit looks at more runs.",
          );
        }
        if (options.json) printJson(io, { site, runs: passed, of: all.length });
        else print(io, formatSiteHistory(site, passed, records.length, all.length, colors));
      });
      done(exitCode.done);
    });
};
