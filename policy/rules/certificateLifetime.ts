import { at } from "../objects/json";
import { seconds } from "../objects/quantity";
import { objectOf, type Resource } from "../resource";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

export const certificateLifetime: ResourceRule = {
  name: "certificate-lifetime",
  area: "secrets",
  scope: "resource",
  description: "A certificate that is renewed by a run outlives the longest outage, with a margin.",
  why: "A certificate that ends while the link is down stops the site from inside, and no run can renew it.",
  fix: "Renew earlier: the time before the end is at least link.maxOutage and the margin.",
  level: "mandatory",
  settings: {
    marginHours: {
      type: "number",
      description: "Hours that a certificate is valid beyond the longest outage.",
      default: 168,
    },
  },
  check: (resource, { site, settings }) => {
    const periods = periodsOf(resource);
    if (site === undefined || periods === undefined) return [];
    const margin = typeof settings["marginHours"] === "number" ? settings["marginHours"] : 0;
    const needed = site.link.maxOutageHours + margin;
    const limit = `it is at least ${needed} h: the longest outage of ${site.link.maxOutageHours} h and a margin of ${margin} h`;
    const from = fromSite("link", "maxOutage");
    return periods
      .filter(({ hours }) => hours < needed)
      .map(({ field, hours }) => violation(resource, { field, value: `${hours} h`, limit, from }));
  },
};

interface Period {
  readonly field: string;
  readonly hours: number;
}

/** What is left at least when a run, or cert-manager, leaves a certificate as it is. */
function periodsOf(resource: Resource): readonly Period[] | undefined {
  if (/^tls:index\/(locallySignedCert|selfSignedCert):/.test(resource.type)) {
    const hours = (key: string) => {
      const value = at(resource.props, key);
      return typeof value === "number" ? value : 0;
    };
    return [
      { field: "validityPeriodHours", hours: hours("validityPeriodHours") },
      { field: "earlyRenewalHours", hours: hours("earlyRenewalHours") },
    ];
  }
  const certificate = objectOf(resource, "cert-manager.io", "Certificate");
  if (certificate === undefined) return undefined;
  // cert-manager renews on the site itself, so only the whole period counts; its default is 90 days.
  const written = seconds(at(certificate.object, "spec", "duration")) ?? 90 * 86400;
  return [{ field: "spec.duration", hours: Math.floor(written / 3600) }];
}
