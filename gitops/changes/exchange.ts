import type { SigningKey } from "../../signing/key";
import { moveRefs, readRefs } from "../git/refs";
import { fetchRefs, type GitRemote, listRefs, pushRefs } from "../git/remote";
import { git } from "../git/run";
import { patiently, type Patience } from "../git/patience";
import { fleetRepository, openRepository } from "../git/repository";
import { conflictsOf, queuedCommits, siteHeadRef, sitesRef, takeOver, type TakeOver } from "./takeOver";

export interface ChangesExchange {
  /** The folder that `publishRelease` works in. */
  readonly directory: string;
  /** The fleet's repository on the hub; undefined if the one in the folder is all there is. */
  readonly fleet: GitRemote | undefined;
  /** A site's own repository, as the hub has it. */
  siteRemote(site: string): GitRemote;
  /** KiB of a site's repository as the hub has it; undefined if nobody knows. */
  sizeOf?(site: string): Promise<number | undefined>;
  readonly signer: SigningKey | undefined;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

/** What was taken over of a site, and what is open. */
export interface SiteTakeOver extends TakeOver {
  /** Branches of the fleet's repository with changes that did not merge, of this time and before, until people remove them. */
  readonly open: readonly string[];
}

/** A site's repository is not read: it is larger than what people write there. */
export class SiteTooLarge extends Error {
  override readonly name = "SiteTooLarge";
  constructor(
    readonly site: string,
    sizeKiB: number,
  ) {
    super(
      `EDGE-GIT-011 the hub's repository site/${site} has ${sizeKiB} KiB; more than ${mostKiB} are not read. ` +
        "Look at what is in it, and remove it at the site",
    );
  }
}

/** With its history. Somebody at a stolen gateway must not fill the hub's driver. */
const mostKiB = 256 * 1024;

/**
 * Takes over what one site changed, and publishes it: the branches are read from the hub, and moved there all together
 * by compare-and-swap; if somebody else moved one meanwhile, the whole is done again on what is there now.
 * @throws SiteTooLarge before anything is read; RemoteFailed, GitFailed
 */
export async function takeOverChanges(exchange: ChangesExchange, site: string): Promise<SiteTakeOver> {
  const { directory, fleet, signer, patience, signal, now = Date.now } = exchange;
  const repository = fleetRepository(directory);
  const size = await exchange.sizeOf?.(site);
  if (size !== undefined && size > mostKiB) throw new SiteTooLarge(site, size);
  await openRepository(repository, "main");
  return await patiently(
    async () => {
      if (fleet !== undefined) await adoptBranches(repository, fleet, site, signal);
      await fetchSite(repository, exchange.siteRemote(site), site, signal);
      const taken = await takeOver(repository, site, signer, now());
      if (fleet !== undefined) {
        const pushed = await pushRefs(repository, fleet, taken.refs, { atomic: true, signal });
        // With --atomic all fail together; the one that says why is not the first.
        const failures = pushed.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
        const [failure] = [...failures.filter(({ state }) => state !== "unknown"), ...failures];
        if (failure !== undefined) throw failure;
      }
      await moveRefs(repository, taken.refs);
      return { ...taken, open: (await queuedCommits(repository, site)).conflicts };
    },
    patience,
    signal,
  );
}

async function adoptBranches(
  repository: string,
  fleet: GitRemote,
  site: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pattern = conflictsOf(site);
  const there = await listRefs(repository, fleet, [sitesRef, `${pattern}*`], signal);
  const here = await readRefs(repository);
  const news = [...there].filter(([ref, commit]) => here.get(ref)?.commit !== commit).map(([ref]) => `+${ref}:${ref}`);
  if (news.length > 0) await fetchRefs(repository, fleet, news, signal);
  // A branch that people have resolved and removed on the hub is resolved here too.
  const gone = [...here].filter(([ref]) => ref.startsWith(pattern) && !there.has(ref));
  for (const [ref, { commit }] of gone) await git(repository, ["update-ref", "-d", ref, commit]);
}

async function fetchSite(
  repository: string,
  remote: GitRemote,
  site: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const main = "refs/heads/main";
  // A site that was never heard of has no main yet.
  const there = await listRefs(repository, remote, [main], signal);
  if (there.has(main)) await fetchRefs(repository, remote, [`+${main}:${siteHeadRef(site)}`], signal);
}
