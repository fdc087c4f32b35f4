import type { WantedProtection, WantedRepository, WantedTeam } from "./wanted";
import { publishers } from "./names";

/*
 * How everything on the hub is set, in the keys of Gitea's API; a plan compares these with what is there.
 */

export const organizationSettings = { visibility: "private", repo_admin_change_team_access: false } as const;

export const userSettings = (site: string | undefined) => ({
  is_admin: false,
  // Sees only what it is let into.
  restricted: true,
  active: true,
  prohibit_login: false,
  visibility: site === undefined ? "limited" : "private",
});

/** Gitea calls the permission of a team that has units "none". */
export const teamSettings = ({ permission }: WantedTeam) => ({
  includes_all_repositories: true,
  can_create_org_repo: false,
  units_map: { "repo.code": permission },
});

export const repositorySettings = ({ name, description, defaultBranch }: WantedRepository) => ({
  description,
  private: true,
  archived: false,
  default_branch: defaultBranch,
  // Only Git is wanted here; people discuss at the fleet's repository. Where there are pull requests, who may read can
  // write them.
  has_pull_requests: name.startsWith("fleet/"),
  ...unusedParts,
});

const unusedParts = {
  has_issues: false,
  has_wiki: false,
  has_projects: false,
  has_releases: false,
  has_packages: false,
  has_actions: false,
} as const;

export const protectionSettings = ({ by, force }: Pick<WantedProtection, "by" | "force">) => ({
  enable_push: true,
  enable_push_whitelist: by === "publishers",
  push_whitelist_usernames: [] as string[],
  push_whitelist_teams: by === "publishers" ? [publishers] : [],
  push_whitelist_deploy_keys: false,
  enable_force_push: force,
  enable_force_push_allowlist: force,
  force_push_allowlist_usernames: [] as string[],
  force_push_allowlist_teams: force ? [publishers] : [],
  force_push_allowlist_deploy_keys: false,
});

/**
 * Which settings are not as wanted, each as `key is this, not that`. Lists are compared without their order; a missing
 * one is an empty one.
 */
export function differences(wanted: object, found: object): string[] {
  const has = found as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).flatMap(([key, value]: [string, unknown]) => {
    const there = has[key] ?? (Array.isArray(value) ? [] : undefined);
    return same(value, there) ? [] : [`${key} is ${shown(there)}, not ${shown(value)}`];
  });
}

function same(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(found) && JSON.stringify([...wanted].sort()) === JSON.stringify([...(found as unknown[])].sort())
    );
  }
  if (typeof wanted !== "object" || wanted === null) return wanted === found;
  if (typeof found !== "object" || found === null) return false;
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...keys].every((key) =>
    same((wanted as Record<string, unknown>)[key], (found as Record<string, unknown>)[key]),
  );
}

const shown = (value: unknown): string => JSON.stringify(value) ?? "not there";
