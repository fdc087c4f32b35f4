import { patiently, type Patience } from "../git/patience";
import { moveRefs, readRefs } from "../git/refs";
import { fetchRefs, type GitRemote, listRefs, pushRefs } from "../git/remote";
import type { RemoteFailed } from "../git/remoteFailure";
import { deployRef, deployRepository, openRepository, releaseBranch } from "../git/repository";
import { checkedRelease } from "../names";
import { type DeployPromotion, NotPublished } from "../promoter";
import { Slots } from "../slots";
import { beginMove, endMove, type Move, openMove } from "./journal";
import { siteRepositoryName } from "./names";
import { type HubGit, hubRemote } from "./remotes";

export interface HubPromoterOptions {
  readonly hub: HubGit;
  /** The folder that `publishRelease` works in; what the hub has is repeated there. */
  readonly directory: string;
  readonly patience?: Patience;
}

/**
 * Promotes sites on the hub: moves `deploy` of their repositories there by compare-and-swap pushes; implements rollout's
 * `Promoter`. Each move is written down before and after it, and what the hub's refs say is the truth, so that a
 * repetition finds out what a killed driver has done.
 */
export class HubPromoter {
  private readonly slots: Slots;

  constructor(private readonly options: HubPromoterOptions) {
    this.slots = new Slots(options.hub.maxConcurrency);
  }

  /**
   * Moves the site's branch `deploy` on the hub to the commit of `release/<release>` there, forwards or back. What may go
   * well in a moment is repeated: an unreachable hub, and a race, after which the branch is read again.
   * @throws NotPublished if the release's branch is missing on the hub
   * @throws RemoteFailed in its state
   */
  async promote(site: string, release: string): Promise<DeployPromotion> {
    const branch = releaseBranch(checkedRelease(release));
    const repository = deployRepository(this.options.directory, site);
    const remote = hubRemote(this.options.hub, siteRepositoryName("deploy", site));
    return await this.slots.run(async () => {
      await openRepository(repository, "deploy");
      const move = await patiently(() => this.move(site, release, repository, remote, branch), this.options.patience);
      await repeatHere(repository, move.to);
      return { site, ...move, moved: move.from !== move.to };
    });
  }

  private async move(
    site: string,
    release: string,
    repository: string,
    remote: GitRemote,
    branch: string,
  ): Promise<Move> {
    const refs = await listRefs(repository, remote, [deployRef, branch]);
    const [from, to] = [refs.get(deployRef), refs.get(branch)];
    if (from === undefined) throw new NotPublished(site, undefined, remote.url);
    if (to === undefined) throw new NotPublished(site, release, remote.url);
    const open = await openMove(repository);
    if (from === to) {
      // A push whose answer was lost, or whose driver was killed, has arrived all the same.
      await bringHere(repository, remote, [[deployRef, to]]);
      await endMove(repository);
      return { from: open?.to === to ? open.from : from, to };
    }
    await bringHere(repository, remote, [
      [branch, to],
      [deployRef, from],
    ]);
    await beginMove(repository, { from, to });
    const [result] = await pushRefs(repository, remote, [{ ref: deployRef, from, to }]);
    // Whatever the hub said of the ref is known; only where it said nothing is the move left open.
    await endMove(repository);
    if (result?.failure !== undefined) throw result.failure satisfies RemoteFailed;
    return { from, to };
  }
}

/** Fetches what is not here yet. */
async function bringHere(
  repository: string,
  remote: GitRemote,
  refs: readonly (readonly [ref: string, commit: string])[],
): Promise<void> {
  const here = await readRefs(repository);
  const missing = refs.filter(([ref, commit]) => here.get(ref)?.commit !== commit);
  if (missing.length > 0)
    await fetchRefs(
      repository,
      remote,
      missing.map(([ref]) => `+${ref}:${ref}`),
    );
}

async function repeatHere(repository: string, to: string): Promise<void> {
  const here = (await readRefs(repository)).get(deployRef)?.commit;
  if (here !== to) await moveRefs(repository, [{ ref: deployRef, from: here, to }]);
}
