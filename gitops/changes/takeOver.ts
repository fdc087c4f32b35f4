import type { SigningKey } from "../../signing/key";
import { plainText } from "../git/plainText";
import { readRefs, type RefChange } from "../git/refs";
import { git } from "../git/run";
import { checkedSite } from "../names";
import { writeCommit } from "./commit";
import { mergeTrees } from "./mergeTrees";
import { folderOf, treeOf, unacceptable, withFolder } from "./tree";

/** The branch of the fleet's repository that holds what sites changed and the hub accepts, a folder a site. */
export const sitesRef = "refs/heads/sites";

/** What the names of a site's branches with conflicts begin with; each is named after the site's commit. */
export function conflictsOf(site: string): string {
  return `refs/heads/conflicts/${checkedSite(site)}/`;
}

/** Where a site's `main` is kept in the fleet's repository, out of the way of branches. */
export function siteHeadRef(site: string): string {
  return `refs/site/${checkedSite(site)}`;
}

/** One change that a site queued, and what became of it. */
export type TakenChange = {
  /** Full id of the site's commit. */
  readonly commit: string;
  /** The first line of its message, as the site wrote it but fit to be shown. */
  readonly subject: string;
} & (
  | { readonly outcome: "merged"; /** On `sites`. */ readonly as: string }
  | { readonly outcome: "conflict"; readonly branch: string; readonly files: readonly string[] }
  /** Nothing is written of it; it stays in the site's repository. */
  | { readonly outcome: "refused"; readonly why: string }
);

export interface TakeOver {
  readonly site: string;
  /** In the order in which the site made them. */
  readonly changes: readonly TakenChange[];
  /** To be moved together, or none. */
  readonly refs: readonly RefChange[];
  /** More are queued; they are taken by a repetition. */
  readonly more: boolean;
}

/** A site that was dark for months has this many in one go; the rest comes next time. */
const mostAtOnce = 500;

/**
 * Takes over what a site changed: each queued commit of its `main` by itself, in order. What merges becomes a signed merge
 * commit on `sites`, with the site's commit as its second parent, so that Git's own history is the record of what was
 * taken. What does not merge becomes a branch, on which the site's version stands in place of the hub's. Nothing is
 * forced, and no ref is moved here.
 *
 * @param repository the fleet's, with the site's `main` at `siteHeadRef`.
 * @param now milliseconds since the epoch; a site's own clock decides nothing.
 * @throws GitFailed
 */
export async function takeOver(
  repository: string,
  site: string,
  signer: SigningKey | undefined,
  now: number,
): Promise<TakeOver> {
  const { queued, before } = await queuedCommits(repository, site);
  const prefix = conflictsOf(site);
  const date = Math.floor(now / 1000);

  let tip = before;
  const changes: TakenChange[] = [];
  const branches: RefChange[] = [];
  for (const commit of queued.slice(0, mostAtOnce)) {
    const subject = plainText((await git(repository, ["log", "-1", "--format=%s", commit])).slice(0, 200));
    const theirs = await treeOf(repository, commit);
    const why = await unacceptable(repository, theirs);
    if (why !== undefined) {
      changes.push({ commit, subject, outcome: "refused", why });
      continue;
    }
    const parent = await firstParent(repository, commit);
    const base = await treeOf(repository, parent);
    const ours = await folderOf(repository, tip, site);
    const merge = await mergeTrees(repository, { base, ours, theirs });
    const parents = [...(tip === undefined ? [] : [tip]), commit];
    const tree = await withFolder(repository, tip, site, merge.clean ? merge.tree : theirs);
    if (merge.clean) {
      const message = messageOf(`Take over a change of ${site}`, site, commit, [subject]);
      tip = await writeCommit(repository, { tree, parents, date, message }, signer);
      changes.push({ commit, subject, outcome: "merged", as: tip });
    } else {
      const files = merge.files.map((file) => `- ${file}`);
      const message = messageOf(`A change of ${site} that does not merge`, site, commit, [subject, "", ...files]);
      const branch = `${prefix}${commit.slice(0, 12)}`;
      const to = await writeCommit(repository, { tree, parents, date, message }, signer);
      branches.push({ ref: branch, from: undefined, to });
      changes.push({
        commit,
        subject,
        outcome: "conflict",
        branch: branch.replace(/^refs\/heads\//, ""),
        files: merge.files,
      });
    }
  }
  const moved = tip !== undefined && tip !== before ? [{ ref: sitesRef, from: before, to: tip }] : [];
  return { site, changes, refs: [...moved, ...branches], more: queued.length > mostAtOnce };
}

/** What of a site's `main` is in nothing that was taken over. */
export interface Queued {
  /** The oldest first. */
  readonly queued: readonly string[];
  /** Where `sites` is; undefined if it is not there yet. */
  readonly before: string | undefined;
  /** Branches with what did not merge, without `refs/heads/`. */
  readonly conflicts: readonly string[];
}

/** @throws GitFailed */
export async function queuedCommits(repository: string, site: string): Promise<Queued> {
  const refs = await readRefs(repository);
  const before = refs.get(sitesRef)?.commit;
  const branches = [...refs].filter(([ref]) => ref.startsWith(conflictsOf(site)));
  const conflicts = branches.map(([ref]) => ref.replace(/^refs\/heads\//, ""));
  const head = await git(repository, ["for-each-ref", "--format=%(objectname)", siteHeadRef(site)]);
  if (head === "") return { queued: [], before, conflicts };
  const taken = [...(before === undefined ? [] : [before]), ...branches.map(([, { commit }]) => commit)];
  const args = ["rev-list", "--first-parent", "--reverse", `--max-count=${mostAtOnce * 4}`, head, "--not", ...taken];
  const queued = (await git(repository, args)).split("\n").filter((line) => line !== "");
  return { queued, before, conflicts };
}

async function firstParent(repository: string, commit: string): Promise<string | undefined> {
  const [, parent] = (await git(repository, ["rev-list", "--parents", "-1", commit])).split(" ");
  return parent;
}

function messageOf(title: string, site: string, commit: string, body: readonly string[]): string {
  return [title, "", ...body, "", `Site: ${site}`, `Site-Commit: ${commit}`].join("\n");
}
