import { createHash } from "node:crypto";
import type { RepositoryName } from "../gitea/api";
import type { Credential } from "../hub/credentials";
import { siteRepositoryName } from "../hub/names";

/** What a site's Gitea is configured by. */
export interface SiteGit {
  readonly site: string;
  readonly hub: {
    /** Base address of the hub's Gitea, without a slash at the end. */
    readonly url: string;
    /** Reads the hub's `deploy/<site>` and nothing else. */
    readonly read: Credential;
    /** Writes the hub's `site/<site>` and nothing else. */
    readonly write: Credential;
  };
  /** Account by which Flux reads both repositories. */
  readonly reader: string;
  /** Account by which the site's own changes are written. */
  readonly writer: string;
  /** Where Flux is told of news; undefined leaves it to its interval. */
  readonly webhook: { readonly url: string; /** Secret. */ readonly secret: string } | undefined;
}

/** Of both mirrors; the least that Gitea takes (`[mirror] MIN_INTERVAL`), in its own spelling. */
export const mirrorInterval = "10m0s";

export const siteOrganizations = ["deploy", "site"] as const;

/** Of the accounts of Flux and of the site: each sees only what it is let into. */
export const accountSettings = { is_admin: false, restricted: true, active: true, prohibit_login: false } as const;

/** Private, as Gitea's `FORCE_PRIVATE` makes them anyway, and with Git alone. */
const gitAlone = {
  private: true,
  has_issues: false,
  has_wiki: false,
  has_pull_requests: false,
  has_projects: false,
  has_releases: false,
  has_packages: false,
  has_actions: false,
} as const;

export const siteRepositorySettings = { ...gitAlone, archived: false } as const;

/** A mirror cannot be archived, and refuses to be told so. */
export const mirrorSettings = { ...gitAlone, mirror_interval: mirrorInterval } as const;

/** What was changed on the site is not rewritten: the hub takes commits over by their ids. */
export const mainProtection = {
  enable_push: true,
  enable_push_whitelist: false,
  enable_force_push: false,
} as const;

/** The site's names and addresses. @throws UnsafeName */
export function siteGitNames({ site, hub }: { readonly site: string; readonly hub: { readonly url: string } }) {
  const deploy = siteRepositoryName("deploy", site);
  const own = siteRepositoryName("site", site);
  return {
    deploy,
    own,
    /** Where a new mirror is made before it takes the old one's place; a site's name has no dot. */
    next: `${deploy}.next` as RepositoryName,
    deployAtHub: `${hub.url}/${deploy}.git`,
    ownAtHub: `${hub.url}/${own}.git`,
  };
}

/**
 * What stands in a repository's description, because Gitea tells nobody which login a mirror uses: a change of the
 * login is seen by its fingerprint, which says nothing of it.
 */
export function deployDescription({ site, hub: { read } }: SiteGit): string {
  return `What ${site} runs, mirrored from the hub. edgewave ${fingerprint(read.username, read.token)}`;
}

export function ownDescription({ site, hub: { write } }: SiteGit): string {
  return `What ${site} keeps itself, mirrored to the hub. edgewave ${fingerprint(write.username, write.token)}`;
}

/** Of the webhook's secret, which Gitea tells nobody either; part of the address, where Flux's receiver ignores it. */
export function hookUrl({ url, secret }: NonNullable<SiteGit["webhook"]>): string {
  return `${url}?edgewave=${fingerprint(secret)}`;
}

/** 64 bits of a digest over random secrets of 128 bits or more. */
function fingerprint(...secrets: readonly string[]): string {
  return createHash("sha256")
    .update(["edgewave login", ...secrets].join("\0"))
    .digest("hex")
    .slice(0, 16);
}
