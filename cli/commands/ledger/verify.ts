import { open } from "node:fs/promises";
import path from "node:path";
import { ApprovalAudit } from "../../../rollout/approvals/auditApprovals";
import type { RunHead } from "../../../rollout/ledger/export";
import { type LedgerFinding, verifyLedger } from "../../../rollout/ledger/verify";
import { headsIn, verifyExport } from "../../../rollout/ledger/verifyExport";
import { exitCode } from "../../exitCodes";
import { colorsOf, print, printJson, type Io } from "../../io";
import { loadFleet } from "../../load";
import { outFolder, withFleet, withJson, withOut, type OutputOptions } from "../../options";
import { plural } from "../../printing/findings";
import type { AddCommand } from "../../program";
import { approversFile, readApprovers } from "../../rollout/approvals";
import { ledgerFile } from "../../rollout/ledgerFile";
import { UserError } from "../../userError";

interface VerifyOptions extends OutputOptions {
  readonly heads?: string;
  readonly approvers?: string;
}

const help = `
Every event is chained to the one before it by a hash; what was changed, removed from the middle or put in is named.
Only heads that are kept elsewhere (edgewave ledger export) show what was cut off at the end or written anew as a whole.
What a ledger keeps beside its events, such as the last success of each site, is compared with what they come to.
Signed approvals are checked too, as of the time at which each was recorded, against the fleet's file "${approversFile}".
Nothing is changed, no link is needed, and FILE may be of another machine.

Exit codes: 0 all holds, 1 something does not.
`;

export const addVerify: AddCommand = (ledger, io, done) => {
  const command = ledger
    .command("verify")
    .description("prove that the record is what was written, and that signed approvals were signed")
    .argument("[file]", "an export, or a ledger.db (default: the fleet's)")
    .addHelpText("after", help);
  withJson(withOut(withFleet(command)))
    .option("--heads <file>", "an export, or only its heads, that was kept elsewhere")
    .option("--approvers <file>", `who may approve, as ssh-keygen has it (default: <fleet>/${approversFile})`)
    .action(async (given: string | undefined, options: VerifyOptions) => {
      const file = given === undefined ? await fleetLedger(io, options) : path.resolve(io.cwd, given);
      const audit = new ApprovalAudit(await approversOf(io, options));
      const heads = options.heads === undefined ? [] : await readHeads(path.resolve(io.cwd, options.heads));
      const found = [...(await chainFindings(file, heads, audit)), ...audit.findings];
      if (options.json) {
        printJson(io, { ok: found.length === 0, file, heads: heads.length, approvals: audit.checked, findings: found });
      } else print(io, formatFound(file, found, audit.checked, colorsOf(io)));
      done(found.length === 0 ? exitCode.done : exitCode.failed);
    });
};

async function fleetLedger(io: Io, options: VerifyOptions): Promise<string> {
  const { fleet } = await loadFleet(io, options);
  return ledgerFile(outFolder(io, options, fleet.name));
}

/** Who may approve; why that is not known where the file is not there, which matters only if something was signed. */
async function approversOf(io: Io, { fleet, approvers }: VerifyOptions) {
  const folder = path.resolve(io.cwd, fleet);
  if (approvers !== undefined) return readApprovers(folder, path.resolve(io.cwd, approvers));
  try {
    return await readApprovers(folder);
  } catch (error) {
    if (error instanceof UserError) return { unknown: error.message };
    throw error;
  }
}

async function chainFindings(file: string, heads: readonly RunHead[], audit: ApprovalAudit): Promise<LedgerFinding[]> {
  if (await isDatabase(file)) return (await verifyLedger(file, heads, audit.take)) ?? [];
  return reading(file, (lines) => verifyExport(lines, audit.take, heads));
}

/** Source: the first 16 bytes of every database, https://www.sqlite.org/fileformat.html#the_database_header. */
const magic = "SQLite format 3\0";

async function isDatabase(file: string): Promise<boolean> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return buffer.toString("latin1", 0, bytesRead) === magic || file.endsWith(".db");
  } catch (cause) {
    throw unreadable(file, cause);
  } finally {
    await handle.close();
  }
}

async function readHeads(file: string): Promise<RunHead[]> {
  const heads = await reading(file, headsIn);
  if (heads.length > 0) return heads;
  throw new UserError(
    "EDGE-CLI-067",
    `${file} has no heads of runs`,
    "Name a file that edgewave ledger export has written, or the lines of it that have a head.",
  );
}

async function reading<T>(file: string, use: (lines: AsyncIterable<string>) => Promise<T>): Promise<T> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  try {
    return await use(handle.readLines());
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, cause: unknown): UserError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new UserError("EDGE-CLI-067", `${file} cannot be read: ${why}`, "Name a file that is there.", undefined, {
    cause,
  });
}

function formatFound(
  file: string,
  found: readonly LedgerFinding[],
  approvals: number,
  colors: ReturnType<typeof colorsOf>,
): string {
  const signed = `${plural(approvals, "signed approval")} checked`;
  if (found.length === 0) return `${file}: ${colors.green("everything holds")}, ${signed}`;
  const lines = found.map((finding) => {
    const line = "line" in finding ? `line ${String(finding.line)}, ` : "";
    const event = finding.sequence === 0 ? "" : `, event ${finding.sequence}`;
    const where = `${line}${finding.run === "" ? "" : `run ${finding.run}${event}`}`.replace(/, $/, "");
    return `  ${where === "" ? "" : `${where}: `}${finding.why}`;
  });
  return [`${file}: ${colors.red(plural(found.length, "finding"))}, ${signed}`, ...lines].join("\n");
}
