import type { GiteaApi } from "../gitea/api";
import { GiteaRefused } from "../gitea/client";
import { organizationSettings } from "../hub/settings";
import type { SiteGitChange } from "./plan";
import {
  accountSettings,
  deployDescription,
  hookUrl,
  mainProtection,
  mirrorInterval,
  mirrorSettings,
  ownDescription,
  siteGitNames,
  siteRepositorySettings,
  type SiteGit,
} from "./wanted";

/** The first clone of a cut over a slow link. */
const cloneTimeoutMs = 30 * 60_000;

/**
 * Carries a plan out, one change after the other. It may be killed anywhere: planning and applying again does the rest.
 * @param tell called after each change.
 * @throws GiteaRefused, GiteaUnreachable; what was told is done
 */
export async function applySiteGit(
  api: GiteaApi,
  wanted: SiteGit,
  changes: readonly SiteGitChange[],
  tell: (change: SiteGitChange) => void,
): Promise<void> {
  for (const change of changes) {
    await carryOut(api, wanted, change);
    tell(change);
  }
}

async function carryOut(api: GiteaApi, wanted: SiteGit, change: SiteGitChange): Promise<void> {
  const { deploy, own, next, ownAtHub } = siteGitNames(wanted);
  const { site, hub, webhook } = wanted;
  switch (change.type) {
    case "create-organization":
      return api.createOrganization(change.organization, organizationSettings);
    case "edit-account": {
      const { is_admin: admin, ...settings } = accountSettings;
      return api.editUser(change.user, { ...settings, admin });
    }
    case "create-own":
      return createOwn(api, wanted);
    case "edit-own":
      return api.editRepository(own, {
        ...siteRepositorySettings,
        default_branch: "main",
        description: ownDescription(wanted),
      });
    case "protect-main":
      return api.createProtection(own, { rule_name: "main", ...mainProtection });
    case "edit-protection":
      return api.editProtection(own, "main", mainProtection);
    case "remove-push-mirror":
      return api.removePushMirror(own, change.remoteName);
    case "create-push-mirror": {
      const { username, token } = hub.write;
      await api.createPushMirror(own, {
        remote_address: ownAtHub,
        remote_username: username,
        remote_password: token,
        interval: mirrorInterval,
        sync_on_commit: true,
      });
      await api.editRepository(own, { description: ownDescription(wanted) });
      // Without a link it fails; the interval and the next commit do it again.
      await api.syncPushMirrors(own).catch((error: unknown) => {
        if (!(error instanceof GiteaRefused)) throw error;
      });
      return;
    }
    case "make-mirror":
      return migrate(api, wanted, site);
    case "replace-mirror":
      // The old one serves Flux until the new one has everything.
      await migrate(api, wanted, `${site}.next`);
      await api.deleteRepository(deploy);
      return api.editRepository(next, { name: site });
    case "finish-replacement":
      return api.editRepository(next, { name: site });
    case "remove-unfinished":
      return api.deleteRepository(next);
    case "edit-mirror":
      return api.editRepository(deploy, mirrorSettings);
    case "set-collaborator":
      return api.setCollaborator(change.repository === "own" ? own : deploy, change.user, change.permission);
    case "create-hook":
      if (webhook === undefined) throw new GiteaRefused(400, "POST hooks", api.client.url, "there is no receiver");
      return api.createHook(change.repository === "own" ? own : deploy, {
        type: "gitea",
        active: true,
        events: ["push"],
        config: { url: hookUrl(webhook), content_type: "json", secret: webhook.secret },
      });
    case "remove-hook":
      return api.removeHook(change.repository === "own" ? own : deploy, change.id);
  }
}

async function migrate(api: GiteaApi, wanted: SiteGit, name: string): Promise<void> {
  const { username, token } = wanted.hub.read;
  await api.migrate(
    {
      clone_addr: siteGitNames(wanted).deployAtHub,
      repo_owner: "deploy",
      repo_name: name,
      service: "git",
      mirror: true,
      mirror_interval: mirrorInterval,
      private: true,
      auth_username: username,
      auth_password: token,
      description: deployDescription(wanted),
      wiki: false,
      lfs: false,
    },
    cloneTimeoutMs,
  );
}

/**
 * Begins with what the hub has of the site, whose volume may be new: its mirror would write an empty beginning over it.
 * Only where the hub has nothing does it begin with a first commit, so that Flux has a `main` to follow.
 */
async function createOwn(api: GiteaApi, { site, hub: { url, read } }: SiteGit): Promise<void> {
  const { own, ownAtHub } = siteGitNames({ site, hub: { url } });
  const from = { clone_addr: ownAtHub, auth_username: read.username, auth_password: read.token };
  await api.migrate({ ...from, repo_owner: "site", repo_name: site, service: "git", private: true }, cloneTimeoutMs);
  if ((await api.repository(own))?.empty !== false) {
    await api.deleteRepository(own);
    await api.createRepository("site", { name: site, auto_init: true, default_branch: "main", private: true });
  }
  await api.editRepository(own, siteRepositorySettings);
}
