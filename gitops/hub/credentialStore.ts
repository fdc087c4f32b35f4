import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { readSecretLine } from "../../web/credentialFiles";
import { checkedSite } from "../names";
import type { Credential, TokenUse } from "./credentials";

/** Whose token a file holds: the publisher's, or that of a site for one use. */
export type CredentialOwner = "publisher" | { readonly site: string; readonly use: Exclude<TokenUse, "publish"> };

/**
 * Keeps the tokens that `edgewave hub setup` makes, each in a file of its own that its owner alone reads, as one line
 * `account:token`: `publisher`, and `sites/<site>.read` and `.write`.
 */
export class CredentialStore {
  /** @param directory absolute. */
  constructor(private readonly directory: string) {}

  /** Absolute. @throws UnsafeName */
  file(owner: CredentialOwner): string {
    return owner === "publisher"
      ? path.join(this.directory, "publisher")
      : path.join(this.directory, "sites", `${checkedSite(owner.site)}.${owner.use}`);
  }

  /** Undefined if there is none yet. @throws Error, without any of it, for a file that holds something else */
  async get(owner: CredentialOwner): Promise<Credential | undefined> {
    const file = this.file(owner);
    const folder = await readdir(path.dirname(file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [] as string[];
      throw error;
    });
    if (!folder.includes(path.basename(file))) return undefined;
    const line = await readSecretLine(this.directory, file);
    const [, username, token] = /^([^:]+):([^:]+)$/.exec(line) ?? [];
    if (username === undefined || token === undefined) throw new Error(`${file} does not hold account:token`);
    return { username, token };
  }

  /** Takes the place of what was there, whole or not at all. */
  async put(owner: CredentialOwner, { username, token }: Credential): Promise<void> {
    const file = this.file(owner);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, `${username}:${token}\n`, { mode: 0o600 });
  }
}
