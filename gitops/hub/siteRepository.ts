import path from "node:path";
import { siteReport } from "../../components/reporter/address";
import { fetchRefs, listRefs } from "../git/remote";
import { openRepository } from "../git/repository";
import { siteRepositoryName } from "./names";
import { type HubGit, hubRemote } from "./remotes";

/** What a site pushes to the hub that is read here: its report, and its own changes. Whatever else it pushes is not. */
const siteRefs = [`refs/heads/${siteReport.branch}`, "refs/heads/main"] as const;

/** Where a site's own repository lies in the folder that stands for the hub. */
export function siteRepository(directory: string, site: string): string {
  return path.join(directory, `${siteRepositoryName("site", site)}.git`);
}

/**
 * Brings a site's own repository in the folder to what the hub has of it, for those who read its reports and changes.
 * @throws RemoteFailed
 */
export async function fetchSiteRepository(
  directory: string,
  hub: HubGit,
  site: string,
  signal?: AbortSignal,
): Promise<void> {
  const repository = siteRepository(directory, site);
  const remote = hubRemote(hub, siteRepositoryName("site", site));
  const { refs } = await openRepository(repository, "main");
  const there = await listRefs(repository, remote, siteRefs, signal);
  const news = siteRefs.filter((ref) => there.has(ref) && there.get(ref) !== refs.get(ref)?.commit);
  const changes = news.map((ref) => `+${ref}:${ref}`);
  if (changes.length > 0) await fetchRefs(repository, remote, changes, signal);
}
