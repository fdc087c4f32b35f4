import type { InventorySite } from "./inventorySite";

/** Whom nodes ask for the time: the bastion, which gives it while the link is down, then the site's own servers. */
export function timeServersOf({ bastion, network }: InventorySite): readonly string[] {
  return [...new Set([bastion.address, ...network.ntpServers])];
}
