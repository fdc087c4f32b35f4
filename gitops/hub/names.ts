import { createHash } from "node:crypto";
import type { RepositoryName } from "../gitea/api";
import { checkedSite } from "../names";

/** Organisations of the hub's Gitea. What is in `deploy` and `site` belongs to edgewave, and it alone. */
export const organizations = ["fleet", "deploy", "site"] as const;
export type HubOrganization = (typeof organizations)[number];

/** Account by which edgewave publishes releases, promotes sites and takes over what they changed. */
export const publisher = "edgewave-publisher";

/** Team by which the publisher writes; protected branches name it. */
export const publishers = "publishers";

/** Where people review releases: everything of the fleet. */
export function fleetRepositoryName(fleet: string): RepositoryName {
  return `fleet/${fleet}`;
}

/** A site's own repository: its cut of each release, or what it keeps itself. @throws UnsafeName */
export function siteRepositoryName(lane: "deploy" | "site", site: string): RepositoryName {
  return `${lane}/${checkedSite(site)}`;
}

/** Gitea's limit, `MaxSize(40)` of `AdminCreateUser` in its `services/forms`. */
const longestUser = 40;

/**
 * Account by which a site's Gitea reads and writes its own repositories: `site-<site>`. A name that is too long for an
 * account, or has hyphens one after the other, which accounts must not, gets the end of its digest instead.
 */
export function siteUser(site: string): string {
  const plain = `site-${checkedSite(site)}`;
  if (plain.length <= longestUser && !plain.includes("--")) return plain;
  const digest = createHash("sha256").update(site).digest("hex").slice(0, 12);
  const beginning = plain.replace(/-+/g, "-").slice(0, longestUser - digest.length - 1);
  return `${beginning.replace(/-$/, "")}-${digest}`;
}
