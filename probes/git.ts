import { stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { GateOf } from "../fleet/gates";
import { fillIn } from "../fleet/placeholders";
import { quote } from "../fleet/quote";
import { git, gitBytes } from "../gitops/git/run";
import { checkedPath, checkedSite } from "../gitops/names";
import type { GateAnswer } from "../rollout/gates/answer";
import type { GateRequest } from "../rollout/gates/probe";
import { fail, inconclusive, pass } from "./answers";
import { isSignedBy } from "./sshSignature";
import { valuesOf, type ProbeOptions } from "./surroundings";

/** A report is a few lines. */
const largestReport = 64 * 1024;
/** How far the clocks of a site and of the driver may be apart. */
const clockToleranceMs = 5 * 60_000;
/** Keeps a signature over a report from passing for one over anything else. */
export const reportNamespace = "edgewave-report";

/** What a site reports of itself, as JSON in its repository. */
const reportSchema = z.object({
  /** The site's name, so that no site's report speaks for another. */
  site: z.string(),
  release: z.string(),
  /** Full id of the commit of `deploy` that it speaks of. */
  commit: z.string(),
  result: z.enum(["pass", "fail"]),
  message: z.string().optional(),
  /** When it was found, in ISO 8601 with a zone. */
  at: z.iso.datetime({ offset: true }),
});

/**
 * Reads the site's own report from `site/<site>.git`, which a site that is dark for the driver pushes when it can. Only a
 * report of this site, release and commit counts, and only one that is not older than the site's last change.
 */
export async function checkGit(
  gate: GateOf<"git">,
  request: GateRequest,
  { gitDirectory, fleetDirectory, freshen }: Pick<ProbeOptions, "gitDirectory" | "fleetDirectory" | "freshen">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const { site, release, commit, changedAt } = request;
  const repository = path.join(gitDirectory, "site", `${checkedSite(site.name)}.git`);
  await freshen?.(site.name, signal);
  if (!(await isThere(repository))) return inconclusive(`the hub has no repository site/${site.name} yet`);
  const values = valuesOf(request);
  const file = checkedPath(fillIn(gate.file, values));
  const wanted = gate.allowedSignersFile === undefined ? [file] : [file, `${file}.sig`];
  const { [file]: text, [`${file}.sig`]: signature } = await readFiles(repository, gate.branch, wanted);
  signal.throwIfAborted();
  if (text === undefined)
    return inconclusive(`there is no ${file} on the branch ${gate.branch} of site/${site.name} yet`);
  if (gate.allowedSignersFile !== undefined) {
    if (signature === undefined) return inconclusive(`${file} is not signed: there is no ${file}.sig`);
    const signers = path.resolve(fleetDirectory, fillIn(gate.allowedSignersFile, values));
    const problem = await isSignedBy(
      { content: text, signature, signers, identity: site.name, namespace: reportNamespace },
      signal,
    );
    if (problem !== undefined) return inconclusive(`${file} has no good signature of ${site.name}: ${problem}`);
  }
  const report = reportSchema.safeParse(parsed(text));
  if (!report.success) {
    const [issue] = report.error.issues;
    return inconclusive(`${file} is no report: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
  }
  const { result, message, at } = report.data;
  for (const [what, found, expected] of [
    ["the site", report.data.site, site.name],
    ["the release", report.data.release, release],
    ["the commit", report.data.commit, commit],
  ] as const) {
    if (found !== expected) return inconclusive(`${file} speaks of ${what} ${quote(found)}, not ${expected ?? "any"}`);
  }
  if (changedAt !== undefined && Date.parse(at) < changedAt - clockToleranceMs) {
    return inconclusive(`${file} is of ${at}, before the site was last changed`);
  }
  const said = `the site reported ${result} at ${at}${message === undefined ? "" : `: ${message}`}`;
  return result === "pass" ? pass(said) : fail(said);
}

/**
 * The content of files at the head of a branch, all of one commit; undefined for each that is not there.
 * @throws Error if one of them is too large to be what it should.
 */
async function readFiles(
  repository: string,
  branch: string,
  files: readonly string[],
): Promise<Readonly<Record<string, Buffer | undefined>>> {
  const [, head] = (await checked(repository, `refs/heads/${branch}^{commit}`)) ?? [];
  if (head === undefined) return {};
  const contents: Record<string, Buffer | undefined> = {};
  for (const file of files) {
    const [, object, type, size] = (await checked(repository, `${head}:${file}`)) ?? [];
    if (object === undefined || type !== "blob") continue;
    if (Number(size) > largestReport) throw new Error(`${file} is larger than ${largestReport} bytes`);
    contents[file] = await gitBytes(repository, ["cat-file", "blob", object]);
  }
  return contents;
}

/** Id, type and size of an object; undefined if there is none of that name. */
async function checked(repository: string, name: string): Promise<RegExpExecArray | undefined> {
  const line = await git(repository, ["cat-file", "--batch-check"], `${name}\n`);
  return /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? undefined;
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
