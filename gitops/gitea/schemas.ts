import { z } from "zod";

/*
 * What is read of Gitea's answers (its `modules/structs`, 1.26), and no more. Other keys are dropped; a missing or
 * mistyped one is an error that names it.
 */

const name = z.string().min(1).max(255);

export const versionSchema = z.object({ version: z.string().max(100) });
export const organizationSchema = z.object({
  username: name,
  visibility: z.string(),
  repo_admin_change_team_access: z.boolean(),
});
export const teamSchema = z.object({
  id: z.int(),
  name,
  permission: z.string(),
  includes_all_repositories: z.boolean(),
  can_create_org_repo: z.boolean(),
  units_map: z.record(z.string(), z.string()).nullish(),
});
export const userSchema = z.object({
  login: name,
  is_admin: z.boolean(),
  restricted: z.boolean(),
  active: z.boolean(),
  prohibit_login: z.boolean(),
  visibility: z.string(),
});
export const repositorySchema = z.object({
  name,
  description: z.string().max(4096),
  private: z.boolean(),
  empty: z.boolean(),
  archived: z.boolean(),
  mirror: z.boolean(),
  mirror_interval: z.string().nullish(),
  mirror_updated: z.string().nullish(),
  original_url: z.string().nullish(),
  default_branch: z.string(),
  /** KiB. */
  size: z.number(),
  has_issues: z.boolean(),
  has_wiki: z.boolean(),
  has_pull_requests: z.boolean(),
  has_projects: z.boolean(),
  has_releases: z.boolean(),
  has_packages: z.boolean(),
  has_actions: z.boolean(),
});
export const collaboratorPermissionSchema = z.object({ permission: z.string() });
export const loginSchema = z.object({ login: name });
export const deployKeySchema = z.object({ id: z.int(), title: z.string(), read_only: z.boolean() });
export const protectionSchema = z.object({
  rule_name: name,
  enable_push: z.boolean(),
  enable_push_whitelist: z.boolean(),
  push_whitelist_usernames: z.array(name).nullish(),
  push_whitelist_teams: z.array(name).nullish(),
  push_whitelist_deploy_keys: z.boolean(),
  enable_force_push: z.boolean(),
  enable_force_push_allowlist: z.boolean(),
  force_push_allowlist_usernames: z.array(name).nullish(),
  force_push_allowlist_teams: z.array(name).nullish(),
  force_push_allowlist_deploy_keys: z.boolean(),
});
export const tokenSchema = z.object({
  id: z.int(),
  name,
  token_last_eight: z.string(),
  scopes: z.array(z.string()).nullish(),
  created_at: z.iso.datetime({ offset: true }),
  last_used_at: z.iso.datetime({ offset: true }),
});
export const newTokenSchema = z.object({ id: z.int(), name, sha1: z.string().regex(/^[0-9a-f]{40}$/) });
export const pushMirrorSchema = z.object({
  remote_name: name,
  remote_address: z.string(),
  interval: z.string(),
  sync_on_commit: z.boolean(),
  last_update: z.string().nullish(),
  last_error: z.string(),
});
export const hookSchema = z.object({
  id: z.int(),
  type: z.string(),
  active: z.boolean(),
  events: z.array(z.string()),
  config: z.record(z.string(), z.string()),
  branch_filter: z.string().nullish(),
});

export type Organization = z.output<typeof organizationSchema>;
export type Team = z.output<typeof teamSchema>;
export type User = z.output<typeof userSchema>;
export type Repository = z.output<typeof repositorySchema>;
export type DeployKey = z.output<typeof deployKeySchema>;
export type Protection = z.output<typeof protectionSchema>;
export type Token = z.output<typeof tokenSchema>;
export type PushMirror = z.output<typeof pushMirrorSchema>;
export type Hook = z.output<typeof hookSchema>;
