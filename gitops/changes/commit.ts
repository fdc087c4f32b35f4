import type { SigningKey } from "../../signing/key";
import { git } from "../git/run";
import { committer } from "../git/importCommits";
import { signedCommit } from "../signing/signedCommit";

export interface MergeDraft {
  readonly tree: string;
  /** Full ids. */
  readonly parents: readonly string[];
  /** Without a newline at the end. */
  readonly message: string;
  /** Seconds since the epoch. */
  readonly date: number;
}

/** Writes one commit, signed if there is a key. No ref is touched. @returns its id */
export async function writeCommit(
  repository: string,
  draft: MergeDraft,
  signer: SigningKey | undefined,
): Promise<string> {
  const who = `edgewave <${committer}> ${draft.date} +0000`;
  const headers = [`tree ${draft.tree}`, ...draft.parents.map((parent) => `parent ${parent}`)];
  const content = Buffer.from([...headers, `author ${who}`, `committer ${who}`, "", draft.message, ""].join("\n"));
  const object = signer === undefined ? content : signedCommit(content, signer);
  return await git(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], object.toString("latin1"));
}
