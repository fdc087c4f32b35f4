import type { ResourceRule } from "../rule";
import { noneOnSite } from "./localServers";

export const localNtp: ResourceRule = {
  name: "local-ntp",
  area: "offline",
  scope: "resource",
  description: "Time is answered on the site while the link is down.",
  why: "Clocks that drift apart end etcd's leases and TLS sessions, and date the buffered messages wrongly.",
  fix: "Let the bastion serve time, and name it among the NTP servers.",
  level: "mandatory",
  check: (resource, context) =>
    noneOnSite(resource, context, {
      variable: "ntp_servers",
      setting: ["network", "ntpServers"],
      limit: "at least one is on the site",
      hostOf: (server) => server.trim().split(/\s+/)[0],
    }),
};
