import { bufferSizing, profileOf } from "../../profiles";
import { at } from "../objects/json";
import { objectOf } from "../resource";
import type { StackRule } from "../rule";
import { fromSite, violation, violationOf } from "../violation";

export const bufferBearsOutage: StackRule = {
  name: "buffer-bears-outage",
  area: "offline",
  scope: "stack",
  description: "The ingestion buffer holds what comes during the longest outage, and keeps it that long.",
  why: "A full buffer drops messages, and nobody can measure them again.",
  fix: "Give the site a larger profile, fewer messages or a shorter outage to bear; keep topics for longer.",
  level: "mandatory",
  check: (resources, { site }) => {
    if (site === undefined) return [];
    const { maxOutageHours } = site.link;
    const demand = { ...site.ingestion, maxOutageHours };
    const { coversOutage, horizonHours } = bufferSizing(profileOf(site.profile), site.ingestion.buffer, demand);
    const volume = coversOutage
      ? []
      : [
          violationOf(`Site ${site.name}`, {
            field: "ingestion.messagesPerSecond",
            value: `${site.ingestion.messagesPerSecond} messages/s of ${site.ingestion.messageBytes} bytes`,
            limit: `the buffer holds ${horizonHours} h of them, and the longest outage is ${maxOutageHours} h`,
            from: fromSite("ingestion", "messagesPerSecond"),
          }),
        ];
    const topics = resources.flatMap((resource) => {
      const topic = objectOf(resource, "kafka.strimzi.io", "KafkaTopic");
      const kept = at(topic?.object, "spec", "config", "retention.ms");
      const milliseconds = typeof kept === "string" ? Number(kept) : kept;
      // A negative number keeps messages for ever.
      if (typeof milliseconds !== "number" || milliseconds < 0 || milliseconds >= maxOutageHours * 3_600_000) return [];
      return [
        violation(resource, {
          field: ["spec", "config", "retention.ms"],
          value: `${milliseconds / 3_600_000} h`,
          limit: `it is at least ${maxOutageHours} h, the longest outage of the site`,
          from: fromSite("link", "maxOutage"),
        }),
      ];
    });
    return [...volume, ...topics];
  },
};
