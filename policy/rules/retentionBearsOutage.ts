import { at, shown } from "../objects/json";
import { seconds } from "../objects/quantity";
import { helmValues } from "../resource";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

/** Where charts say how long metrics and logs stay. */
const retentions: readonly (readonly string[])[] = [
  ["prometheus", "prometheusSpec", "retention"],
  ["loki", "limits_config", "retention_period"],
];

export const retentionBearsOutage: ResourceRule = {
  name: "retention-bears-outage",
  area: "offline",
  scope: "resource",
  description: "Metrics and logs stay on the site for the longest outage.",
  why: "What happened before and during an outage is what somebody wants to know after it.",
  fix: "Keep them for at least link.maxOutage.",
  level: "mandatory",
  check: (resource, { site }) => {
    const helm = helmValues(resource);
    if (site === undefined || helm === undefined) return [];
    return retentions.flatMap((path) => {
      const written = at(helm.values, ...path);
      if (written === undefined) return [];
      const hours = (seconds(written) ?? 0) / 3600;
      if (hours >= site.link.maxOutageHours) return [];
      return [
        violation(resource, {
          field: ["values", ...path],
          value: shown(written),
          limit: `it is at least ${site.link.maxOutageHours} h, the longest outage of the site`,
          from: fromSite("link", "maxOutage"),
        }),
      ];
    });
  },
};
