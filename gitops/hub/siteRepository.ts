import path from "node:path";
import { fetchRefs, listRefs } from "../git/remote";
import { RemoteFailed } from "../git/remoteFailure";
import { openRepository } from "../git/repository";
import { inLanes } from "../lanes";
import { siteRepositoryName } from "./names";
import { type HubGit, hubRemote } from "./remotes";

/** What a site pushes to the hub that is read here: its report, and its own changes. Whatever else it pushes is not. */
const siteRefs = ["refs/heads/status", "refs/heads/main"] as const;

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

/**
 * Does so for many sites, as many at once as the hub bears. A hub that cannot be reached at all is found out by the first
 * sites, and the others are not asked.
 * @returns by the site's name, why its repository could not be read now; what was brought here last time stays.
 * @throws whatever is not the hub's or the link's fault
 */
export async function fetchSiteRepositories(
  directory: string,
  hub: HubGit,
  sites: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, RemoteFailed>> {
  const failures = new Map<string, RemoteFailed>();
  let away: RemoteFailed | undefined;
  const results = await inLanes(sites, hub.maxConcurrency, async (site) => {
    signal?.throwIfAborted();
    if (away !== undefined) return void failures.set(site, away);
    try {
      await fetchSiteRepository(directory, hub, site, signal);
    } catch (error) {
      if (!(error instanceof RemoteFailed)) throw error;
      failures.set(site, error);
      if (error.state === "unreachable") away = error;
    }
  });
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return failures;
}
