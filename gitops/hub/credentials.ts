import { randomBytes } from "node:crypto";
import type { GiteaApi } from "../gitea/api";
import type { Token } from "../gitea/schemas";

/** What a token is for: to read a site's `deploy`, to write its `site`, or to publish. */
export type TokenUse = "read" | "write" | "publish";

/** `read` cannot write, even where its account may. Source: Gitea's `models/auth/access_token_scope.go`. */
export const tokenScopes: Readonly<Record<TokenUse, readonly string[]>> = {
  read: ["read:repository"],
  write: ["write:repository"],
  publish: ["write:repository"],
};

/** An account's name and one of its tokens. */
export interface Credential {
  readonly username: string;
  /** Secret. */
  readonly token: string;
}

export interface TokenPlan {
  /** Whether a new token is made. */
  readonly make: boolean;
  readonly why: string;
  /** Older tokens that nobody needs any more. */
  readonly retire: readonly Pick<Token, "id" | "name">[];
}

/** How long an older token lives at least once there is a successor: a mirror can be in the middle of a fetch. */
const graceMs = 60 * 60_000;

const namePrefix = (use: TokenUse): string => `edgewave-${use}-`;

/**
 * Decides on the tokens of one account for one use.
 *
 * A token whose successor has never been used is left: the site that has it may have no link and would lose its way to
 * the hub. What people made under other names is not touched.
 *
 * @param kept the token that we have; undefined if we have none.
 * @param there the account's tokens.
 * @param rotate whether a new one is asked for, although all is well.
 */
export function planToken(
  use: TokenUse,
  kept: string | undefined,
  there: readonly Token[],
  rotate: boolean,
  now: number,
): TokenPlan {
  const ours = there.filter(({ name }) => name.startsWith(namePrefix(use)));
  const current = ours.find(({ token_last_eight }) => kept?.endsWith(token_last_eight) === true);
  const scopesDiffer =
    current !== undefined && [...(current.scopes ?? [])].sort().join() !== [...tokenScopes[use]].sort().join();
  const why =
    kept === undefined
      ? "there is none"
      : current === undefined
        ? "the one that is kept was revoked"
        : scopesDiffer
          ? `the one that is kept may ${(current.scopes ?? []).join(", ")}`
          : rotate
            ? "it was asked for"
            : "";
  const isUsed = current !== undefined && Date.parse(current.last_used_at) > Date.parse(current.created_at);
  const settled = isUsed && now - Date.parse(current.created_at) > graceMs;
  // Made first means retired first, and the one before a new one stays.
  const retire = why === "" && settled ? ours.filter(({ id }) => id < current.id) : [];
  return { make: why !== "", why, retire: retire.map(({ id, name }) => ({ id, name })) };
}

/** Makes a token under a name of its own. @returns the secret. */
export async function makeToken(api: GiteaApi, user: string, use: TokenUse): Promise<Credential> {
  const name = `${namePrefix(use)}${randomBytes(6).toString("hex")}`;
  return { username: user, token: (await api.createToken(user, name, tokenScopes[use])).token };
}
