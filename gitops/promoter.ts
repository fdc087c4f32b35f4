import { deployRef, deployRepository, refsIfThere, releaseBranch } from "./git/repository";
import { type Ref, moveRefs } from "./git/refs";
import { checkedRelease } from "./names";

/** Where a promotion took a site; structurally rollout's `Promotion`. */
export interface DeployPromotion {
  readonly site: string;
  /** Full commit ids. */
  readonly from: string;
  readonly to: string;
  /** False if the site was there already. */
  readonly moved: boolean;
  /** Paths of a killed process's lock files that were in the way and were removed; absent if there were none. */
  readonly removedLocks?: readonly string[];
}

/** A site cannot be taken to a release whose content was never pushed to it. */
export class NotPublished extends Error {
  override readonly name = "NotPublished";
  constructor(
    readonly site: string,
    /** Undefined if the site has no deploy repository at all. */
    readonly release: string | undefined,
    repository: string,
  ) {
    super(
      release === undefined
        ? `Site ${site} has no deploy repository: ${repository} is missing or has no branch deploy. Publish a release to it first.`
        : `Release ${release} was not published to site ${site}: ${repository} has no branch release/${release}. Publish it first.`,
    );
  }
}

/** Promotes sites in the bare repositories that `publishRelease` keeps; implements rollout's `Promoter`. */
export class DeployBranchPromoter {
  /** @param directory the folder that `publishRelease` was given. */
  constructor(private readonly directory: string) {}

  /**
   * Moves the site's branch `deploy` to the commit of `release/<release>`, forwards or back. Does nothing if it is
   * there already. A killed process's lock files in the way are removed once they are a minute old.
   * @throws NotPublished if the release's branch is missing
   * @throws RefMoved if somebody else moved the branch in between
   * @throws GitFailed (RepositoryLocked for a younger lock), UnsafeName
   */
  async promote(site: string, release: string): Promise<DeployPromotion> {
    const { repository, refs, deploy } = await this.#read(site);
    const cut = refs.get(releaseBranch(checkedRelease(release)));
    if (cut === undefined) throw new NotPublished(site, release, repository);
    if (cut.commit === deploy.commit) return { site, from: deploy.commit, to: cut.commit, moved: false };
    const removed = await moveRefs(repository, [{ ref: deployRef, from: deploy.commit, to: cut.commit }]);
    const removedLocks = removed.length > 0 ? { removedLocks: removed } : {};
    return { site, from: deploy.commit, to: cut.commit, moved: true, ...removedLocks };
  }

  /**
   * What the site's Flux follows: the commit, and the release that its message names; undefined before the first
   * promotion.
   * @throws NotPublished if the site has no deploy repository
   * @throws GitFailed, UnsafeName
   */
  async current(site: string): Promise<{ readonly release: string | undefined; readonly commit: string }> {
    const { deploy } = await this.#read(site);
    return { release: deploy.release, commit: deploy.commit };
  }

  async #read(site: string): Promise<{ repository: string; refs: ReadonlyMap<string, Ref>; deploy: Ref }> {
    const repository = deployRepository(this.directory, site);
    const refs = await refsIfThere(repository);
    const deploy = refs?.get(deployRef);
    if (refs === undefined || deploy === undefined) throw new NotPublished(site, undefined, repository);
    return { repository, refs, deploy };
  }
}
