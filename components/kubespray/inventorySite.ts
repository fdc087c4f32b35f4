import type { ResolvedSite } from "../../fleet/model";

const parts = [
  "name",
  "profile",
  "architecture",
  "region",
  "timeZone",
  "domain",
  "nodes",
  "network",
  "bastion",
  "ssh",
  "identity",
] as const satisfies readonly (keyof ResolvedSite)[];

/** What the inventory is made of. Topics, labels and the reason for being offline are not: Ansible never sees them. */
export type InventorySite = Pick<ResolvedSite, (typeof parts)[number]>;

/** A site without what the inventory has no use for, so that nothing else can get into Ansible's files. */
export function inventorySite(site: InventorySite): InventorySite {
  return Object.fromEntries(parts.map((part) => [part, site[part]])) as unknown as InventorySite;
}
