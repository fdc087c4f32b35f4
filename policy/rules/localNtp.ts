import { list, shown, text } from "../objects/json";
import { groupVar } from "../objects/groupVars";
import { isLocalHost } from "../objects/urls";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

export const localNtp: ResourceRule = {
  name: "local-ntp",
  area: "offline",
  scope: "resource",
  description: "Time is answered on the site while the link is down.",
  why: "Clocks that drift apart end etcd's leases and TLS sessions, and date the buffered messages wrongly.",
  fix: "Let the bastion serve time, and name it among the NTP servers.",
  level: "mandatory",
  check: (resource, context) => {
    const servers = groupVar(resource, "ntp_servers");
    if (servers === undefined) return [];
    const hosts = list(servers).map((server) => text(server)?.trim().split(/\s+/)[0] ?? "outside.invalid");
    if (hosts.some((host) => isLocalHost(host, context))) return [];
    return [
      violation(resource, {
        field: "ntp_servers",
        value: shown(servers),
        limit: "at least one is on the site",
        from: fromSite("network", "ntpServers"),
      }),
    ];
  },
};
