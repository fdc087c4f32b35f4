import { moveRefs, type RefChange, readRefs } from "../git/refs";
import { fetchRefs, listRefs, pushRefs, type RefPush } from "../git/remote";
import type { RemoteFailed } from "../git/remoteFailure";
import { patiently, type Patience } from "../git/patience";
import {
  deployRef,
  deployRepository,
  fleetRepository,
  openRepository,
  releaseBranch,
  releaseTag,
} from "../git/repository";
import type { GitRemote } from "../git/remote";
import { inLanes } from "../lanes";
import { checkedRelease } from "../names";
import { PublishFailed } from "../publishError";
import { fleetRepositoryName, siteRepositoryName } from "./names";
import { type HubGit, hubRemote } from "./remotes";

export interface HubPublication {
  readonly hub: HubGit;
  readonly fleet: string;
  /** Name. */
  readonly release: string;
  /** Names of all sites of the fleet. */
  readonly sites: readonly string[];
  /** The folder that `publishRelease` works in. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
  readonly patience?: Patience;
}

const mainRef = "refs/heads/main";

/**
 * Makes the folder's repositories what the hub's are, before a release is rendered into them: another driver may have
 * published meanwhile, and this folder may be new. The hub is right where the two differ.
 * @throws PublishFailed with all sites that failed, after all others are done
 * @throws RemoteFailed for the fleet's own repository
 */
export async function adoptFromHub(publication: HubPublication): Promise<void> {
  const { hub, fleet, release, directory } = publication;
  checkedRelease(release);
  await adopt(
    fleetRepository(directory),
    "main",
    hubRemote(hub, fleetRepositoryName(fleet)),
    [mainRef, releaseTag(release)],
    publication,
  );
  await forEachSite(publication, (site) =>
    adopt(
      deployRepository(directory, site),
      "deploy",
      hubRemote(hub, siteRepositoryName("deploy", site)),
      [deployRef, releaseBranch(release)],
      publication,
    ),
  );
}

async function adopt(
  repository: string,
  branch: string,
  remote: GitRemote,
  names: readonly string[],
  { signal, patience }: HubPublication,
): Promise<void> {
  const { refs: here } = await openRepository(repository, branch);
  await patiently(
    async () => {
      const there = await listRefs(repository, remote, names, signal);
      const news = names.filter((ref) => there.has(ref) && here.get(ref)?.commit !== there.get(ref));
      if (news.length === 0) return;
      // Beside the refs first, so that a ref is moved only to what has arrived whole.
      await fetchRefs(
        repository,
        remote,
        news.map((ref) => `+${ref}:${besides(ref)}`),
        signal,
      );
      const fetched = new Map(news.map((ref) => [ref, there.get(ref) ?? ""]));
      const changes = [...fetched].map(([ref, to]): RefChange => ({ ref, from: here.get(ref)?.commit, to }));
      await moveRefs(repository, changes);
    },
    patience,
    signal,
  );
}

/** Where a fetched ref is kept, out of the way of branches and tags. */
const besides = (ref: string): string => ref.replace(/^refs\//, "refs/hub/");

/** What a push to the hub did. */
export interface HubPublished {
  /** Whether the fleet's own repository got something. */
  readonly fleet: boolean;
  /** Names of the sites that got something, in order. */
  readonly sites: readonly string[];
}

/**
 * Pushes a release that `publishRelease` has put into the folder: the fleet's commit and tag, and to each site
 * `release/<name>`, and `deploy` where there is none yet. Nothing that a site follows is moved; `HubPromoter` does that.
 * It may be killed anywhere and repeated.
 * @throws PublishFailed with all sites that failed, after all others are done
 * @throws RemoteFailed for the fleet's own repository
 */
export async function publishToHub(publication: HubPublication): Promise<HubPublished> {
  const { hub, fleet, release, directory } = publication;
  const moved = await push(
    fleetRepository(directory),
    hubRemote(hub, fleetRepositoryName(fleet)),
    [mainRef, releaseTag(release)],
    () => true,
    publication,
  );
  const sites: string[] = [];
  await forEachSite(publication, async (site) => {
    const did = await push(
      deployRepository(directory, site),
      hubRemote(hub, siteRepositoryName("deploy", site)),
      [releaseBranch(release), deployRef],
      (ref, there) => ref !== deployRef || there === undefined,
      publication,
    );
    if (did) sites.push(site);
  });
  return { fleet: moved, sites: sites.sort() };
}

async function push(
  repository: string,
  remote: GitRemote,
  names: readonly string[],
  wanted: (ref: string, there: string | undefined) => boolean,
  { signal, patience }: HubPublication,
): Promise<boolean> {
  const here = await readRefs(repository);
  return await patiently(
    async () => {
      const there = await listRefs(repository, remote, names, signal);
      const pushes = names.flatMap((ref): RefPush[] => {
        const to = here.get(ref)?.commit;
        const from = there.get(ref);
        return to === undefined || to === from || !wanted(ref, from) ? [] : [{ ref, from, to }];
      });
      const failed = (await pushRefs(repository, remote, pushes, { signal })).find(
        ({ failure }) => failure !== undefined,
      );
      if (failed?.failure !== undefined) throw failed.failure satisfies RemoteFailed;
      return pushes.length > 0;
    },
    patience,
    signal,
  );
}

async function forEachSite(
  { sites, hub, release, signal }: HubPublication,
  work: (site: string) => Promise<void>,
): Promise<void> {
  const results = await inLanes(sites, hub.maxConcurrency, async (site) => {
    signal?.throwIfAborted();
    await work(site);
  });
  signal?.throwIfAborted();
  const failures = results.flatMap((result, index) =>
    result.status === "rejected" ? [{ site: sites[index] ?? "", error: result.reason as unknown }] : [],
  );
  if (failures.length > 0) throw new PublishFailed(release, failures, sites.length);
}
