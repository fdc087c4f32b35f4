import type { Hook } from "../gitea/schemas";
import { differences } from "../hub/settings";
import type { FoundMirror, FoundOwn, SiteGitFound } from "./found";
import {
  accountSettings,
  deployDescription,
  hookUrl,
  mainProtection,
  mirrorInterval,
  mirrorSettings,
  ownDescription,
  siteGitNames,
  siteOrganizations,
  siteRepositorySettings,
  type SiteGit,
} from "./wanted";

/** One thing to do at a site's Gitea; `why` says what is not as it should be, empty for what is new. */
export type SiteGitChange = { readonly why: readonly string[] } & (
  | { readonly type: "create-organization"; readonly organization: string }
  | { readonly type: "edit-account"; readonly user: string }
  | { readonly type: "create-own" | "edit-own" | "protect-main" | "edit-protection" | "create-push-mirror" }
  | { readonly type: "remove-push-mirror"; readonly remoteName: string }
  | { readonly type: "make-mirror" | "replace-mirror" | "finish-replacement" | "remove-unfinished" | "edit-mirror" }
  | {
      readonly type: "set-collaborator";
      readonly repository: "deploy" | "own";
      readonly user: string;
      readonly permission: "read" | "write";
    }
  | { readonly type: "create-hook"; readonly repository: "deploy" | "own" }
  | { readonly type: "remove-hook"; readonly repository: "deploy" | "own"; readonly id: number }
);

export interface SiteGitPlan {
  /** In the order in which they have to be done; what needs the hub comes last, so that a dark hub keeps back no other. */
  readonly changes: readonly SiteGitChange[];
  /** While there are any, nothing is changed. */
  readonly obstacles: readonly string[];
}

/** What has to be done so that a site's Gitea is as wanted; nothing if it is. */
export function planSiteGit(wanted: SiteGit, found: SiteGitFound): SiteGitPlan {
  const obstacles = [wanted.reader, wanted.writer]
    .filter((name) => !found.accounts.has(name))
    .map((name) => `there is no account ${name}; the setup of Gitea's pod makes it`);
  const { own } = siteGitNames(wanted);
  if (found.own?.mirror === true) obstacles.push(`${own} is a mirror of something else`);
  return {
    obstacles,
    changes: [
      ...siteOrganizations
        .filter((organization) => !found.organizations.has(organization))
        .map((organization) => ({ type: "create-organization", organization, why: [] }) as const),
      ...[...found.accounts].flatMap(([user, has]): SiteGitChange[] => {
        const why = differences(accountSettings, has);
        return why.length === 0 ? [] : [{ type: "edit-account", user, why }];
      }),
      ...planOwn(wanted, found.own),
      ...planMirror(wanted, found),
    ],
  };
}

function planOwn(wanted: SiteGit, found: FoundOwn | undefined): SiteGitChange[] {
  const changes: SiteGitChange[] = [];
  if (found === undefined) changes.push({ type: "create-own", why: [] });
  changes.push(...collaborators(wanted, "own", found?.collaborators));
  const protection = found?.protections.find(({ rule_name }) => rule_name === "main");
  if (protection === undefined) changes.push({ type: "protect-main", why: [] });
  else {
    const why = differences(mainProtection, protection);
    if (why.length > 0) changes.push({ type: "edit-protection", why });
  }
  changes.push(...planHook(wanted, "own", found?.hooks ?? []));
  const settings = { ...siteRepositorySettings, default_branch: "main" };
  const why = found === undefined ? [] : differences(settings, found);

  const { ownAtHub } = siteGitNames(wanted);
  const sameLogin = found?.description === ownDescription(wanted);
  const good = found?.pushMirrors.filter(
    (mirror) =>
      sameLogin && mirror.remote_address === ownAtHub && mirror.interval === mirrorInterval && mirror.sync_on_commit,
  );
  const [kept] = good ?? [];
  for (const mirror of found?.pushMirrors ?? []) {
    if (mirror === kept) continue;
    const reason = sameLogin
      ? `it goes to ${mirror.remote_address} each ${mirror.interval}`
      : "its login is another one";
    changes.push({ type: "remove-push-mirror", remoteName: mirror.remote_name, why: [reason] });
  }
  if (kept === undefined) changes.push({ type: "create-push-mirror", why: [] });
  // Last, as the fingerprint in the description says that the mirror has the login.
  if (found !== undefined && !sameLogin) why.push("its description is not of this login");
  if (why.length > 0) changes.push({ type: "edit-own", why });
  return changes;
}

function planMirror(wanted: SiteGit, { deploy, next }: SiteGitFound): SiteGitChange[] {
  const fits = (found: FoundMirror | undefined): readonly string[] =>
    found === undefined ? ["x"] : unfit(wanted, found);
  const changes: SiteGitChange[] = [];
  const finished = deploy === undefined && next !== undefined && fits(next).length === 0 ? next : undefined;
  if (finished !== undefined) {
    changes.push({ type: "finish-replacement", why: ["a setup was ended in its middle"] });
  } else {
    if (next !== undefined) changes.push({ type: "remove-unfinished", why: ["a setup was ended in its middle"] });
    if (deploy === undefined) changes.push({ type: "make-mirror", why: [] });
    else if (fits(deploy).length > 0) changes.push({ type: "replace-mirror", why: fits(deploy) });
  }
  const stays = deploy !== undefined && fits(deploy).length === 0 ? deploy : finished;
  const why = stays === undefined ? [] : differences(mirrorSettings, stays);
  if (stays === undefined || why.length > 0) changes.push({ type: "edit-mirror", why });
  changes.push(...collaborators(wanted, "deploy", stays?.collaborators));
  changes.push(...planHook(wanted, "deploy", stays?.hooks ?? []));
  return changes;
}

/** Why a mirror has to be made anew: what Gitea's API cannot change. */
function unfit(wanted: SiteGit, found: FoundMirror): string[] {
  const { deployAtHub } = siteGitNames(wanted);
  if (!found.mirror) return ["it is no mirror"];
  if (found.original_url !== deployAtHub) return [`it mirrors ${found.original_url ?? "nothing"}`];
  return found.description === deployDescription(wanted) ? [] : ["its login is another one"];
}

function planHook({ webhook }: SiteGit, repository: "deploy" | "own", found: readonly Hook[]): SiteGitChange[] {
  const isGood = ({ type, active, events, config }: Hook): boolean =>
    webhook !== undefined &&
    type === "gitea" &&
    active &&
    events.includes("push") &&
    config["url"] === hookUrl(webhook);
  const kept = found.find(isGood);
  const changes: SiteGitChange[] = found
    .filter((hook) => hook !== kept)
    .map(({ id, config }) => ({ type: "remove-hook", repository, id, why: [`it calls ${config["url"] ?? "nobody"}`] }));
  if (kept === undefined && webhook !== undefined) changes.push({ type: "create-hook", repository, why: [] });
  return changes;
}

/** People of the site who were let in stay. */
function collaborators(
  { reader, writer }: SiteGit,
  repository: "deploy" | "own",
  found: ReadonlyMap<string, string> | undefined,
): SiteGitChange[] {
  const wanted = [
    [reader, "read"],
    [writer, repository === "own" ? "write" : "read"],
  ] as const;
  return wanted.flatMap(([user, permission]): SiteGitChange[] => {
    const has = found?.get(user);
    if (has === permission) return [];
    return [
      { type: "set-collaborator", repository, user, permission, why: has === undefined ? [] : [`it may ${has}`] },
    ];
  });
}
