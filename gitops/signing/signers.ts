import { GitFailed } from "../git/run";
import { deployedSites, deployRepository, fleetRepository, refsIfThere } from "../git/repository";
import { committer } from "../git/importCommits";
import type { SigningKey } from "../../signing/key";
import { isSigned } from "./signedCommit";

/**
 * Finds a repository below the folder that stands for the hub with a signed commit at the head of a branch, so that
 * nobody makes a new key where an old one is only mislaid.
 * @returns its path; undefined if nothing is signed.
 */
export async function findSignedRepository(directory: string): Promise<string | undefined> {
  const sites = await deployedSites(directory);
  for (const repository of [fleetRepository(directory), ...sites.map((site) => deployRepository(directory, site))]) {
    const refs = await refsIfThere(repository).catch((error: unknown) => {
      // What Git cannot read was never finished, or is reported by whoever has to write it.
      if (error instanceof GitFailed) return undefined;
      throw error;
    });
    if ([...(refs?.values() ?? [])].some(({ content }) => isSigned(content))) return repository;
  }
  return undefined;
}

/** A file for `gpg.ssh.allowedSignersFile` with this key alone. Source: ssh-keygen(1), ALLOWED SIGNERS. */
export function allowedSigners(key: Pick<SigningKey, "publicKey">): string {
  return `${committer} namespaces="git" ${key.publicKey}\n`;
}
