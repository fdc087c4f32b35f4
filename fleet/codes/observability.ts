import type { CodeText } from "./codeText";

/** Metrics, logs and alerts of a site. */
export const observabilityCodes = {
  "EDGE-OBS-001": {
    title: "Metrics or logs do not fit the site's disk for as long as they must stay",
    why: "They stay on the site through the longest outage; what does not fit is deleted before the hub has seen it.",
    fix: "Lower platform.series, platform.logBytesPerSecond or link.maxOutage, or choose a larger profile.",
    severity: "error",
  },
  "EDGE-OBS-002": {
    title: "Logs for the hub do not fit their buffer for the longest outage",
    why: "Once the buffer is full the newest lines do not get to the hub; they are in the site's own Loki all the same.",
    fix: "Lower platform.logBytesPerSecond or link.maxOutage, or choose a larger profile.",
    severity: "error",
  },
  "EDGE-OBS-003": {
    title: "A site has no login for the hub",
    why: "What is to go to the hub waits on the site until the Secret is there, and its pods do not start without it.",
    fix: "Make it with `edgewave seal SITE < secret.yaml`, and put what it prints into overrides.",
    severity: "error",
  },
  "EDGE-OBS-004": {
    title: "Grafana does not fit the profile",
    why: "The profile's nodes have no memory for it beside what must run.",
    fix: "Leave platform.grafana out, or choose a larger profile; the hub's Grafana shows the site too.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
