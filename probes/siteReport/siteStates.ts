import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { reportSignersPath } from "../../components/reporter/address";
import type { ResolvedSite } from "../../fleet/model";
import { git } from "../../gitops/git/run";
import { inLanes } from "../../gitops/lanes";
import { checkedSite } from "../../gitops/names";
import { judge, type Judgement } from "./judge";
import { readSiteReport, reportPlace } from "./read";
import { rulesOf } from "./rules";

export interface ReportSurroundings {
  /** The folder that stands for the hub: `site/<site>.git` and `deploy/<site>.git` are below it. */
  readonly gitDirectory: string;
  /** A site's files are rendered to `sites/<site>` below it, the key of its reports among them. */
  readonly outputDirectory: string;
}

/** Repositories that are read at once: each takes a process of Git. */
const atOnce = 16;

/** Whether any site of the fleet reports here at all. */
export async function anyReports({ gitDirectory }: Pick<ReportSurroundings, "gitDirectory">): Promise<boolean> {
  return await stat(path.join(gitDirectory, "site")).then(
    () => true,
    () => false,
  );
}

/**
 * Reads and judges the newest report of each site. A repository that cannot be read makes its site silent, with the
 * reason; the others are read all the same.
 * @param promotedAt when a commit was promoted to a site, as far as that is known.
 * @param now milliseconds since the epoch.
 * @returns by the sites' names, in their order.
 */
export async function judgeSites(
  sites: readonly ResolvedSite[],
  surroundings: ReportSurroundings,
  promotedAt: (site: string, commit: string) => number | undefined,
  now: number,
): Promise<ReadonlyMap<string, Judgement>> {
  const results = await inLanes(sites, atOnce, async (site): Promise<Judgement> => {
    const commit = await promotedCommit(surroundings.gitDirectory, site.name);
    const reading = await readSiteReport(
      reportPlace(surroundings.gitDirectory, site.name),
      site.name,
      await signersOf(surroundings.outputDirectory, site.name),
    );
    const at = commit === undefined ? undefined : promotedAt(site.name, commit);
    return judge(reading, { commit, at }, now, rulesOf(site));
  });
  return new Map(
    sites.map(({ name }, index) => {
      const result = results[index];
      if (result?.status === "fulfilled") return [name, result.value];
      const { message } = result?.reason as Error;
      const reason = `what it reported cannot be read: ${message.split("\n")[0] ?? ""}`;
      return [
        name,
        { state: "silent", reason, since: undefined, reportedAt: undefined, warnings: [], facts: undefined },
      ];
    }),
  );
}

/** Text of the allowed signers of a site's reports; undefined if the site was not rolled out from this folder. */
export async function signersOf(outputDirectory: string, site: string): Promise<string | undefined> {
  const file = path.join(outputDirectory, "sites", checkedSite(site), reportSignersPath);
  return await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Full id of the commit that the hub has on a site's branch `deploy`; undefined if there is none. */
export async function promotedCommit(gitDirectory: string, site: string): Promise<string | undefined> {
  const repository = path.join(gitDirectory, "deploy", `${checkedSite(site)}.git`);
  // As Git itself finds a ref (gitrepository-layout(5)); a process for each of thousands of sites takes its time.
  const loose = await readFile(path.join(repository, "refs/heads/deploy"), "utf8").catch(() => "");
  if (/^[0-9a-f]{40}\n$/.test(loose)) return loose.trim();
  const there = await stat(repository).then(
    () => true,
    () => false,
  );
  if (!there) return undefined;
  const found = await git(repository, ["for-each-ref", "--format=%(objectname)", "refs/heads/deploy"]);
  return found === "" ? undefined : found;
}
