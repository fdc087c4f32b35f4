import type { Problem } from "../problem";
import type { Check } from "./check";

/** The ingestion buffer fits the profile's nodes; if not, what it would take. */
export const checkBufferFits: Check = ({ sites, knowledge: { profiles } }) => {
  const problemsOf = memo((key: string) => {
    const [profile, buffer] = key.split("/") as [
      (typeof sites)[number]["profile"],
      (typeof sites)[number]["ingestion"]["buffer"],
    ];
    return profiles.nodeBudget(profiles.profileOf(profile), { buffer }).problems;
  });
  return sites.flatMap((site): Problem[] => {
    const problems = problemsOf(`${site.profile}/${site.ingestion.buffer}`);
    if (problems.length === 0) return [];
    return [
      {
        code: "EDGE-SITE-007",
        source: site.source,
        path: ["spec", "ingestion", "buffer"],
        message: `${site.ingestion.buffer} does not fit ${site.profile}: ${problems.join("; ")}`,
      },
    ];
  });
};

const gib = 1024 ** 3;

/** The buffer holds what arrives during the longest outage, by the same sum as the site's own components. */
export const checkBufferHorizon: Check = ({ sites, knowledge: { profiles } }) =>
  sites.flatMap((site): Problem[] => {
    const { buffer, messagesPerSecond, messageBytes } = site.ingestion;
    const { maxOutageHours } = site.link;
    const demand = { messagesPerSecond, messageBytes, maxOutageHours };
    const sizing = profiles.bufferSizing(profiles.profileOf(site.profile), buffer, demand);
    if (sizing.coversOutage) return [];
    return [
      {
        code: "EDGE-SITE-008",
        source: site.source,
        path: ["spec", "ingestion"],
        message:
          `${maxOutageHours} h of ${messagesPerSecond} messages/s of ${messageBytes} bytes need ` +
          `${(sizing.neededBytes / gib).toFixed(1)} GiB of the ${buffer} buffer with what it adds to each message, and ` +
          `that of ${site.profile} holds ${(sizing.capacityBytes / gib).toFixed(1)} GiB`,
        hint: `The buffer bears ${sizing.horizonHours} h at this rate. Lower the rate, the size or link.maxOutage, or use a larger profile.`,
      },
    ];
  });

function memo<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
