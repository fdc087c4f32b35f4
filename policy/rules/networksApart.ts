import { checkAddresses } from "../../fleet/checks/addresses";
import { checkRanges, checkSiteRanges } from "../../fleet/checks/ranges";
import type { CheckContext } from "../../fleet/checks/check";
import { pathText, type Problem } from "../../fleet/problem";
import { builtInKnowledge } from "../../fleet/knowledge";
import { at, shown } from "../objects/json";
import type { FleetRule } from "../rule";
import { violationOf } from "../violation";

export const networksApart: FleetRule = {
  name: "networks-apart",
  area: "fleet",
  scope: "fleet",
  description: "Names, address ranges and addresses of sites do not overlap.",
  why: "The hub could not route to both sites, and one name or address would not tell which site is meant.",
  fix: "Give each site a name, a node range and addresses of its own.",
  level: "mandatory",
  check: ({ fleet: { sites, hub } }) => {
    const context: CheckContext = {
      sites,
      hub,
      releases: [],
      rollouts: [],
      overrides: [],
      named: [],
      unread: new Set(),
      unreadLocks: new Set(),
      sitesComplete: true,
      knowledge: builtInKnowledge,
    };
    const bySource = new Map(sites.map((site) => [`${site.source.file}:${site.source.line}`, site]));
    const ranges = [...checkRanges(context), ...checkSiteRanges(context), ...checkAddresses(context)];
    const problems = ranges.flatMap(({ source, path, message }: Problem) => {
      const site = bySource.get(`${source.file}:${source.line}`);
      if (site === undefined) return [];
      return [
        violationOf(`Site ${site.name}`, {
          field: pathText(path.slice(1)),
          value: shown(at(site, ...path.slice(1))),
          limit: message,
          from: { document: "site", name: site.name, path },
        }),
      ];
    });
    const seen = new Set<string>();
    const twice = sites.flatMap((site) => {
      const again = seen.has(site.name);
      seen.add(site.name);
      if (!again) return [];
      const limit = "another site has this name";
      return [
        violationOf(`Site ${site.name}`, {
          field: "name",
          value: site.name,
          limit,
          from: { document: "site", name: site.name, path: ["metadata", "name"] },
        }),
      ];
    });
    return [...problems, ...twice];
  },
};
