import type { RepositoryName } from "../gitea/api";
import type { GitRemote } from "../git/remote";

/** How the hub's Git is reached. */
export interface HubGit {
  /** Base address of its Gitea, without a slash at the end. */
  readonly url: string;
  /** Absolute; one line, `account:token`. */
  readonly loginFile: string;
  /** Absolute; PEM. The system's authorities if undefined. */
  readonly authorityFile?: string | undefined;
  /** Sites that are asked or written at once. */
  readonly maxConcurrency: number;
}

/** A repository of the hub, for Git. */
export function hubRemote({ url, loginFile, authorityFile }: HubGit, repository: RepositoryName): GitRemote {
  return { url: `${url}/${repository}.git`, loginFile, authorityFile };
}
