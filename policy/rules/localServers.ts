import { groupVar } from "../objects/groupVars";
import { list, shown, text } from "../objects/json";
import { isLocalHost } from "../objects/urls";
import type { Resource } from "../resource";
import type { Context, Violation } from "../rule";
import { fromSite, violation } from "../violation";

interface Servers {
  /** Kubespray's variable with the list. */
  readonly variable: string;
  /** Where a site's file has it, below `spec`. */
  readonly setting: readonly ["network", "dnsServers" | "ntpServers"];
  readonly limit: string;
  /** The host of an entry. */
  readonly hostOf: (entry: string) => string | undefined;
}

/** Finds a list of servers of which none is on the site. */
export function noneOnSite(
  resource: Resource,
  context: Pick<Context, "site">,
  { variable, setting, limit, hostOf }: Servers,
): readonly Violation[] {
  const servers = groupVar(resource, variable);
  if (servers === undefined) return [];
  const hosts = list(servers).map((server) => {
    const entry = text(server);
    return (entry === undefined ? undefined : hostOf(entry)) ?? "outside.invalid";
  });
  if (hosts.some((host) => isLocalHost(host, context))) return [];
  return [violation(resource, { field: variable, value: shown(servers), limit, from: fromSite(...setting) })];
}
