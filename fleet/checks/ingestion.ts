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

/** A full volume stops the broker, so a fifth of it stays free. */
const usableShare = 0.8;
const gib = 1024 ** 3;

/** The buffer holds what arrives during the longest outage. */
export const checkBufferHorizon: Check = ({ sites, knowledge: { profiles } }) =>
  sites.flatMap((site): Problem[] => {
    const { buffer, messagesPerSecond, messageBytes } = site.ingestion;
    const volumeGiB = profiles.bufferStorageGiB(profiles.profileOf(site.profile), buffer);
    const bytesPerHour = messagesPerSecond * messageBytes * 3600;
    const needed = bytesPerHour * site.link.maxOutageHours;
    const usable = volumeGiB * usableShare * gib;
    if (needed <= usable) return [];
    const hours = Math.floor((usable / bytesPerHour) * 10) / 10;
    return [
      {
        code: "EDGE-SITE-008",
        source: site.source,
        path: ["spec", "ingestion"],
        message:
          `${site.link.maxOutageHours} h of ${messagesPerSecond} messages/s of ${messageBytes} bytes are ` +
          `${(needed / gib).toFixed(1)} GiB, and the ${buffer} buffer of ${site.profile} holds ` +
          `${(usable / gib).toFixed(1)} GiB (80% of ${volumeGiB} GiB)`,
        hint: `The buffer bears ${hours} h at this rate. Lower the rate, the size or link.maxOutage, or use a larger profile.`,
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
