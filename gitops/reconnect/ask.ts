import { queuedCommits } from "../changes/takeOver";
import { type GitRemote, listRefs } from "../git/remote";
import type { ChangesSeen, MirrorsSeen } from "./judge";

/** A site's two repositories on one side. */
export interface Side {
  readonly deploy: GitRemote;
  readonly own: GitRemote;
}

/**
 * Asks both sides where their branches are.
 * @param repository any local repository; Git wants one to run in.
 * @throws RemoteFailed if a side does not answer: that is no proof of either
 */
export async function askMirrors(
  repository: string,
  hub: Side,
  site: Side,
  signal?: AbortSignal,
): Promise<MirrorsSeen> {
  const ask = async (remote: GitRemote, ref: string): Promise<string | undefined> =>
    (await listRefs(repository, remote, [ref], signal)).get(ref);
  const [deploy, main] = ["refs/heads/deploy", "refs/heads/main"];
  return {
    deploy: { hub: await ask(hub.deploy, deploy), site: await ask(site.deploy, deploy) },
    own: { hub: await ask(hub.own, main), site: await ask(site.own, main) },
  };
}

/** What is queued of a site, as the fleet's repository knows it after `takeOverChanges`. @throws GitFailed */
export async function seenChanges(repository: string, site: string): Promise<ChangesSeen> {
  const { queued, conflicts } = await queuedCommits(repository, site);
  return { queued: queued.length, conflicts };
}
