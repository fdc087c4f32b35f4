import type { ResourceRule } from "../rule";
import { noneOnSite } from "./localServers";

export const localDns: ResourceRule = {
  name: "local-dns",
  area: "offline",
  scope: "resource",
  description: "Names are answered on the site while the link is down.",
  why: "Without DNS the nodes find neither the bastion nor each other, and everything that restarts stays down.",
  fix: "Name a resolver in the site's own network, such as the bastion, under network.dnsServers.",
  level: "mandatory",
  check: (resource, context) =>
    noneOnSite(resource, context, {
      variable: "upstream_dns_servers",
      setting: ["network", "dnsServers"],
      limit: "at least one is an address of the site",
      hostOf: (server) => server,
    }),
};
