import path from "node:path";
import { fetchRefs, listRefs } from "../git/remote";
import { openRepository } from "../git/repository";
import { siteRepositoryName } from "./names";
import { type HubGit, hubRemote } from "./remotes";

/** Where a site's own repository lies below the folder that stands for the hub. @throws UnsafeName */
export function siteRepository(directory: string, site: string): string {
  return path.join(directory, `${siteRepositoryName("site", site)}.git`);
}

/**
 * Brings a site's own repository in the folder to what the hub has of it: its branches, for those who read its reports.
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
  await openRepository(repository, "main");
  const there = await listRefs(repository, remote, ["refs/heads/*"], signal);
  if (there.size > 0) await fetchRefs(repository, remote, ["+refs/heads/*:refs/heads/*"], signal);
}
