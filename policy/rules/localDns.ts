import { list, shown, text } from "../objects/json";
import { groupVar } from "../objects/groupVars";
import { isLocalHost } from "../objects/urls";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

export const localDns: ResourceRule = {
  name: "local-dns",
  area: "offline",
  scope: "resource",
  description: "Names are answered on the site while the link is down.",
  why: "Without DNS the nodes find neither the bastion nor each other, and everything that restarts stays down.",
  fix: "Name a resolver in the site's own network, such as the bastion, under network.dnsServers.",
  level: "mandatory",
  check: (resource, context) => {
    const servers = groupVar(resource, "upstream_dns_servers");
    if (servers === undefined) return [];
    if (list(servers).some((server) => isLocalHost(text(server) ?? "outside.invalid", context))) return [];
    return [
      violation(resource, {
        field: "upstream_dns_servers",
        value: shown(servers),
        limit: "at least one is an address of the site",
        from: fromSite("network", "dnsServers"),
      }),
    ];
  },
};
