import type { GiteaApi } from "../gitea/api";
import { applyHub } from "./apply";
import { makeToken, planToken, type TokenUse } from "./credentials";
import type { CredentialOwner, CredentialStore } from "./credentialStore";
import { each, readHub } from "./found";
import { publisher, siteUser } from "./names";
import { type HubChange, type HubObstacle, planHub } from "./plan";
import { hubWanted } from "./wanted";

/** The oldest Gitea whose API has all that is asked here: allow lists for force pushes came with 1.23. */
const oldest = [1, 23] as const;

/** A clock that is further off than this makes certificates and tokens doubtful, in milliseconds. */
export const clockTolerance = 5 * 60_000;

export interface TokenChange {
  readonly owner: CredentialOwner;
  readonly user: string;
  readonly use: TokenUse;
  /** Why a new token is made; undefined if none is. */
  readonly make: string | undefined;
  readonly retire: readonly { readonly id: number; readonly name: string }[];
}

export interface HubState {
  readonly version: string;
  /** How far the hub's clock is ahead, in milliseconds, if it is off by more than `clockTolerance`. */
  readonly clockOffsetMs: number | undefined;
  readonly changes: readonly HubChange[];
  readonly tokens: readonly TokenChange[];
  /** While there are any, nothing is changed. */
  readonly obstacles: readonly HubObstacle[];
}

export interface HubSetup {
  /** Of an administrator who logged in by password: Gitea lets no token make tokens. */
  readonly api: GiteaApi;
  readonly fleet: string;
  readonly sites: readonly string[];
  readonly credentials: CredentialStore;
  /** Sites whose tokens are made anew although all is well; the publisher's if `publisher` is in it. */
  readonly rotate?: ReadonlySet<string>;
  readonly now?: () => number;
}

/** Looks at the hub and says what setting it up would do; changes nothing. @throws GiteaUnreachable, GiteaRefused */
export async function planHubSetup(setup: HubSetup): Promise<HubState> {
  const { api, fleet, sites } = setup;
  const version = await api.version();
  const wanted = hubWanted(fleet, sites);
  const found = await readHub(api, wanted);
  const { changes, obstacles } = planHub(wanted, found);
  const offset = api.client.clockOffsetMs ?? 0;
  return {
    version,
    clockOffsetMs: Math.abs(offset) > clockTolerance ? offset : undefined,
    changes,
    obstacles: [...(isTooOld(version) ? [tooOld(version)] : []), ...obstacles],
    tokens: await planTokens(setup, new Set(found.users.keys())),
  };
}

async function planTokens(setup: HubSetup, users: ReadonlySet<string>): Promise<readonly TokenChange[]> {
  const { api, sites, credentials, rotate = new Set(), now = Date.now } = setup;
  const owners: (readonly [CredentialOwner, string, TokenUse, string])[] = [
    ["publisher", publisher, "publish", "publisher"],
    ...sites.flatMap((site) =>
      (["read", "write"] as const).map((use) => [{ site, use }, siteUser(site), use, site] as const),
    ),
  ];
  const plans: TokenChange[] = [];
  await each(owners, async ([owner, user, use, name]) => {
    const kept = await credentials.get(owner);
    const there = users.has(user) ? await api.tokens(user) : [];
    // A token of an account that has another name by now is nobody's.
    const token = kept?.username === user ? kept.token : undefined;
    const { make, why, retire } = planToken(use, token, there, rotate.has(name), now());
    if (make || retire.length > 0) plans.push({ owner, user, use, make: make ? why : undefined, retire });
  });
  const key = ({ owner, use }: TokenChange): string => (owner === "publisher" ? "" : `${owner.site} ${use}`);
  return plans.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * Carries out what was planned. Killed anywhere, planning and carrying out again does the rest; a token that was made but
 * not kept is retired by a later setup.
 * @param tell called after each change.
 */
export async function carryOutHubSetup(
  { api, credentials }: HubSetup,
  { changes, tokens }: Pick<HubState, "changes" | "tokens">,
  tell: (done: HubChange | TokenChange) => void,
): Promise<void> {
  await applyHub(api, changes, tell);
  await each(tokens, async (change) => {
    if (change.make !== undefined) await credentials.put(change.owner, await makeToken(api, change.user, change.use));
    for (const { id } of change.retire) await api.deleteToken(change.user, id);
    tell(change);
  });
}

/** A change of tokens in a line for people. */
export function describeTokens({ user, use, make, retire }: TokenChange): string {
  const parts = [
    ...(make === undefined ? [] : [`make a token to ${use} (${make})`]),
    ...(retire.length === 0
      ? []
      : [`retire ${retire.length} older ${retire.length === 1 ? "token" : "tokens"} to ${use}`]),
  ];
  return `${user}: ${parts.join(", ")}`;
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

function tooOld(version: string): HubObstacle {
  return { what: `Gitea ${version}`, why: `edgewave needs ${oldest.join(".")} or later` };
}
