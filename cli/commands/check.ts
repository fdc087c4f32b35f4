import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import writeFileAtomic from "write-file-atomic";
import { jsonReport } from "../../check/report/json";
import { adviceKinds } from "../../check/report/kinds";
import { passes, weightOf, type CheckResult } from "../../check/report/result";
import { sarifReport } from "../../check/report/sarif";
import { textReport } from "../../check/report/text";
import type { Fleet } from "../../fleet/model";
import type { FleetReading } from "../../fleet/read";
import { version } from "../../package.json";
import { manifestsIn } from "../check/manifests";
import { checkSites } from "../check/sites";
import { exitCode, type ExitCode } from "../exitCodes";
import { colorsOf, print, printJson, type Io } from "../io";
import { chooseRelease } from "../load";
import { outFolder, withFleet, withJson, withOut, type OutputOptions } from "../options";
import { formatFindings, plural } from "../printing/findings";
import { readFleetChecked } from "../readFleetChecked";
import type { AddCommand } from "../program";
import { UserError } from "../userError";

interface CheckOptions extends OutputOptions {
  readonly filesOnly?: boolean;
  readonly cache: boolean;
  readonly release?: string;
  readonly day?: string;
  readonly manifests?: string;
  readonly sarif?: string;
  readonly junit?: string;
  readonly eachAdvice?: boolean;
}

export const addCheck: AddCommand = (program, io, done) => {
  const command = program
    .command("check")
    .description("read and check the fleet's files, then build every site without contact and hold it to the rules");
  withOptions(withJson(withOut(withFleet(command)))).action(async (options: CheckOptions) => {
    const folder = path.resolve(io.cwd, options.fleet);
    const day = dayOf(options.day);
    const out = options.out === undefined ? undefined : path.resolve(io.cwd, options.out);
    const reading = await readFleetChecked(folder, io.cwd, out);
    const result = await resultOf(io, reading, options, day);
    const wrong = reading.fleet === undefined || result.findings.some(({ severity }) => severity === "error");
    await writeReports(io, result, options, folder);
    tell(io, reading.fleet, result, options, wrong);
    done(codeOf(result, wrong));
  });
};

function withOptions(command: Command): Command {
  return command
    .option("--files-only", "only the fleet's files; no site is built")
    .option("--release <name>", "build every site at this release (default: what its newest rollout takes it to)")
    .addOption(
      new Option("--day <date>", "hold the fleet to the rules as on this day, such as 2027-03-31").default(
        undefined,
        "today",
      ),
    )
    .option("--no-cache", "build every site, also those that have not changed since the last check")
    .option(
      "--manifests <folder>",
      "Kubernetes objects that are judged with every site, such as those of the site's own repository",
    )
    .option("--each-advice", "tell each piece of advice; else what one thing would mend is told in one line")
    .option("--sarif <file>", "write the report as SARIF 2.1.0 too, for code scanning")
    .option("--junit <file>", "write the report as JUnit's XML too, for test reports");
}

async function resultOf(io: Io, reading: FleetReading, options: CheckOptions, day: string): Promise<CheckResult> {
  const { fleet, findings } = reading;
  const nothing = { fleet: fleet?.name ?? "fleet", day, sites: [], findings, verdicts: [], failures: [], built: 0 };
  if (fleet === undefined || options.filesOnly === true) return nothing;
  return checkSites(io, fleet, reading, {
    out: outFolder(io, options, fleet.name),
    release: options.release === undefined ? undefined : chooseRelease(fleet, options.release),
    day,
    useCache: options.cache,
    manifests: await manifestsIn(io, options.manifests),
  });
}

function codeOf(result: CheckResult, wrong: boolean): ExitCode {
  if (wrong) return exitCode.wrongInput;
  return passes(result) ? exitCode.done : exitCode.failed;
}

function tell(io: Io, fleet: Fleet | undefined, result: CheckResult, options: CheckOptions, wrong: boolean): void {
  const { findings } = result;
  if (options.json === true) {
    const judged = fleet === undefined || options.filesOnly === true ? {} : { policy: jsonReport(result) };
    printJson(io, {
      ok: !wrong && passes(result),
      fleet: fleet?.name,
      sites: fleet?.sites.length ?? 0,
      findings,
      ...judged,
    });
    return;
  }
  const colors = colorsOf(io);
  if (findings.length > 0) print(io, formatFindings(findings, colors));
  if (fleet === undefined) return;
  const report = textReport(result, colors, { eachAdvice: options.eachAdvice === true });
  if (report !== "") print(io, `${findings.length > 0 ? "\n" : ""}${report}\n`);
  if (wrong) return;
  const parts = [
    plural(fleet.sites.length, "site"),
    plural(fleet.releases.length, "release"),
    plural(fleet.rollouts.length, "rollout"),
  ];
  print(io, `${fleet.name}: ${parts.join(", ")}, ${findings.length === 0 ? "no findings" : "no errors"}`);
  if (options.filesOnly !== true) print(io, rulesLine(result));
}

function rulesLine(result: CheckResult): string {
  const count = (weight: string) => result.verdicts.filter((verdict) => weightOf(verdict) === weight).length;
  const [kinds, times] = [adviceKinds(result.verdicts).length, count("advice")];
  const advice = `${kinds} advice${times === kinds ? "" : ` (${times} times)`}`;
  const failed = result.failures.length === 0 ? "" : `, ${plural(result.failures.length, "site")} not built`;
  return `rules: ${plural(count("stops"), "error")}, ${advice}, ${count("exempt")} exempt${failed}; ${plural(result.built, "site")} built, ${result.sites.length - result.built} unchanged`;
}

async function writeReports(
  io: Io,
  result: CheckResult,
  { sarif, junit }: CheckOptions,
  folder: string,
): Promise<void> {
  if (sarif !== undefined)
    await write(io, sarif, `${JSON.stringify(sarifReport(result, version, prefixOf(io, folder)), null, 2)}\n`);
  if (junit === undefined) return;
  const { junitReport } = createRequire(__filename)(
    "../../check/report/junit",
  ) as typeof import("../../check/report/junit");
  await write(io, junit, junitReport(result));
}

/** The fleet's folder as seen from where the command runs, which is the repository's root in CI; empty if outside. */
function prefixOf({ cwd }: Io, folder: string): string {
  const relative = path.relative(cwd, folder).split(path.sep).join("/");
  return relative === "" || relative.startsWith("..") || path.isAbsolute(relative) ? "" : `${relative}/`;
}

/** @throws UserError if the file cannot be written. */
async function write(io: Io, file: string, text: string): Promise<void> {
  const target = path.resolve(io.cwd, file);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFileAtomic(target, text);
  } catch (cause) {
    throw new UserError(
      "EDGE-CLI-004",
      `the report ${target} cannot be written: ${(cause as Error).message}`,
      "Name another file.",
      undefined,
      { cause },
    );
  }
}

/** @throws UserError for what is no day. */
function dayOf(written: string | undefined): string {
  if (written === undefined) return new Date().toISOString().slice(0, 10);
  const at = new Date(`${written}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(written) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(written))
    return written;
  throw new UserError("EDGE-CLI-003", `--day ${written} is no day`, "Write it as 2027-03-31.");
}
