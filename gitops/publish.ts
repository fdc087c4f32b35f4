import { availableParallelism } from "node:os";
import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { cutForSite } from "./cut";
import { type CommitDraft, importCommits } from "./git/importCommits";
import { BlobIds, emptyTree, treeId } from "./git/objectId";
import { PackEntries } from "./git/pack";
import { type Ref, type RefChange, moveRefs } from "./git/refs";
import {
  deployRef,
  deployRepository,
  deployedSites,
  fleetRepository,
  openRepository,
  releaseBranch,
  releaseTag,
} from "./git/repository";
import { inLanes } from "./lanes";
import { checkedRelease, checkedSite } from "./names";
import { PublishFailed } from "./publishError";
import type { Additions } from "./render/additions";
import { type ReleaseTree, filesOf, renderRelease, sharedTexts } from "./render/release";
import { deployRoot, fleetMessage, secondsOf, siteMessage } from "./message";
import type { SigningKey } from "../signing/key";
import { isSignedBy } from "./signing/signedCommit";

export interface PublishOptions extends Additions {
  readonly fleet: Pick<Fleet, "name">;
  readonly release: Release;
  /** All sites of the fleet, in any order: the fleet's tree holds no others afterwards. */
  readonly sites: readonly ResolvedSite[];
  /** Folder that stands for the hub's Git: `fleet.git` and `deploy/<site>.git` lie in it. Made if missing. */
  readonly directory: string;
  readonly onProgress?: (progress: PublishProgress) => void;
  /** Aborted to stop before the next site; what is done stays and a repetition does the rest. */
  readonly signal?: AbortSignal;
  /**
   * Signs all commits. Content that is there already, but unsigned or signed by another key, gets a new commit; without
   * a signer it stays as it is.
   */
  readonly signer?: SigningKey;
}

/** Steps in their order; after each one the repositories are whole and a kill loses nothing but the rest. */
export type PublishStep = "rendered" | "created" | "written" | "published" | "unchanged";

export interface PublishProgress {
  readonly step: PublishStep;
  /** Undefined for the fleet's own repository. */
  readonly site: string | undefined;
  /** Sites that are done, and all of them. */
  readonly done: number;
  readonly total: number;
}

/** What a publish did to one repository. */
export interface PublishedBranch {
  /** Full id of the commit that holds the release there. */
  readonly commit: string;
  /** False if the content was there already. */
  readonly moved: boolean;
  /** Paths of a killed process's lock files that were in the way and were removed; absent if there were none. */
  readonly removedLocks?: readonly string[];
}

export interface Published {
  readonly release: string;
  readonly fleet: PublishedBranch;
  /** In order of the sites' names. */
  readonly sites: readonly (PublishedBranch & { readonly site: string })[];
  /** Sites that have a deploy repository but are no longer in the fleet; their repositories are left alone. */
  readonly stale: readonly string[];
}

/**
 * Renders a release and puts it into the fleet's repository and, ahead of its promotion, into the deploy repository of
 * each site. Equal input gives equal commits and a repetition makes none. It may be killed anywhere and repeated.
 *
 * - `fleet.git`: the branch `main` gets the release as one commit on top of what it has; the tag `release/<name>` moves
 *   only if the same release has new content. A release that is there unchanged is left where it is, also when `main`
 *   has gone on to another one.
 * - `deploy/<site>.git`: an empty root commit on `deploy`, then the branch `release/<name>` with the site's cut as a
 *   child of the root. The branch stays if the cut is the same. `deploy` is moved by `DeployBranchPromoter` alone, but
 *   for a root that the signer has not signed yet: Flux verifies it too.
 *
 * @throws PublishFailed with all sites that failed, after all others are done
 * @throws UnsafeName before anything is written
 * @throws GitFailed, RefMoved from the fleet's repository
 */
export async function publishRelease(options: PublishOptions): Promise<Published> {
  const { release, directory, onProgress } = options;
  checkedRelease(release.name);
  for (const site of options.sites) checkedSite(site.name);

  const tree = renderRelease(release, options.sites, options);
  const names = [...tree.sites.keys()];
  const progress = { done: 0, total: names.length };
  const tell = (step: PublishStep, site: string | undefined) => onProgress?.({ step, site, ...progress });
  tell("rendered", undefined);

  const ids = new BlobIds(sharedTexts(tree));
  const shared = { ids, entries: new PackEntries(ids.shared()), signer: options.signer };
  const run: Run = { tree, release, directory, shared, tell };
  const fleet = await publishFleet(options.fleet.name, run);
  // Two lanes a core: a lane mostly waits for its git processes.
  const results = await inLanes(names, availableParallelism() * 2, async (site) => {
    options.signal?.throwIfAborted();
    const branch = await publishSite(site, fleet.commit, run);
    progress.done += 1;
    tell(branch.moved ? "published" : "unchanged", site);
    return { site, ...branch };
  });

  options.signal?.throwIfAborted();
  const failures = results.flatMap((result, index) =>
    result.status === "rejected" ? [{ site: names[index] ?? "", error: result.reason as unknown }] : [],
  );
  if (failures.length > 0) throw new PublishFailed(release.name, failures, names.length);
  return {
    release: release.name,
    fleet,
    sites: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    stale: (await deployedSites(directory)).filter((site) => !tree.sites.has(site)),
  };
}

interface Run {
  readonly tree: ReleaseTree;
  readonly release: Release;
  readonly directory: string;
  /** Of all imports. */
  readonly shared: { readonly ids: BlobIds; readonly entries: PackEntries; readonly signer: SigningKey | undefined };
  readonly tell: (step: PublishStep, site: string | undefined) => void;
}

async function publishFleet(fleetName: string, run: Run): Promise<PublishedBranch> {
  const { tree, release, tell } = run;
  const repository = fleetRepository(run.directory);
  const { refs, created } = await openRepository(repository, "main");
  if (created) tell("created", undefined);

  const tag = refs.get(releaseTag(release.name));
  if (tag?.tree === treeId(filesOf(tree), run.shared.ids) && isTrusted(tag, run)) {
    tell("unchanged", undefined);
    return { commit: tag.commit, moved: false };
  }
  const main = refs.get("refs/heads/main");
  const draft: CommitDraft = {
    parent: main?.commit,
    date: secondsOf(release),
    message: fleetMessage(fleetName, release, tree.sites.size),
    files: filesOf(tree),
  };
  const [commit = ""] = await importCommits(repository, [draft], run.shared);
  tell("written", undefined);
  const removed = await moveRefs(repository, [
    { ref: "refs/heads/main", from: main?.commit, to: commit },
    { ref: releaseTag(release.name), from: tag?.commit, to: commit },
  ]);
  tell("published", undefined);
  return moved(commit, removed);
}

async function publishSite(site: string, fleetCommit: string, run: Run): Promise<PublishedBranch> {
  const { release, tell } = run;
  const repository = deployRepository(run.directory, site);
  const files = cutForSite(run.tree, site);
  const { refs, created } = await openRepository(repository, "deploy");
  if (created) tell("created", site);

  const branch = refs.get(releaseBranch(release.name));
  const deploy = refs.get(deployRef);
  const published =
    branch !== undefined && branch.tree === treeId(files, run.shared.ids) && isTrusted(branch, run)
      ? branch
      : undefined;
  const follows = deploy !== undefined && (!isRoot(deploy) || isTrusted(deploy, run));
  if (published !== undefined && follows) return { commit: published.commit, moved: false };

  // The root is written each time: it is the same object everywhere, and the pack that had it may be a killed run's.
  const drafts: CommitDraft[] = [deployRoot];
  if (published === undefined) {
    drafts.push({ parent: 0, date: secondsOf(release), message: siteMessage(site, release, fleetCommit), files });
  }
  const [root = "", commit = published?.commit ?? ""] = await importCommits(repository, drafts, run.shared);
  tell("written", site);
  const changes: RefChange[] = [];
  if (!follows) changes.push({ ref: deployRef, from: deploy?.commit, to: root });
  if (published === undefined) changes.push({ ref: releaseBranch(release.name), from: branch?.commit, to: commit });
  return moved(commit, await moveRefs(repository, changes));
}

function moved(commit: string, removedLocks: readonly string[]): PublishedBranch {
  return { commit, moved: true, ...(removedLocks.length > 0 ? { removedLocks } : {}) };
}

/** Whether a branch still is where a deploy repository begins: nothing was promoted, so nothing on the site hangs on it. */
function isRoot({ tree, release }: Ref): boolean {
  return tree === emptyTree && release === undefined;
}

/** Whether a commit will do as it is signed, or not signed. */
function isTrusted({ content }: Ref, { shared: { signer } }: Run): boolean {
  return signer === undefined || isSignedBy(content, signer);
}
