import type { CodeText } from "./codeText";

/** What a site is and what its profile and hardware can bear. */
export const siteCodes = {
  "EDGE-SITE-001": {
    title: "The number of control planes does not fit the profile",
    why: "The members of etcd must be as many as the profile was made for: one, or three that survive the loss of one.",
    fix: "Add or remove nodes with the role control-plane, or choose another profile.",
    severity: "error",
  },
  "EDGE-SITE-002": {
    title: "The number of workers does not fit the profile",
    why: "The profile's budget was proven for this range of workers.",
    fix: "Add or remove nodes with only the role worker, or choose another profile.",
    severity: "error",
  },
  "EDGE-SITE-003": {
    title: "A node's roles do not fit the profile",
    why: "On micro the only node must work too; in larger profiles control planes carry no workloads.",
    fix: "Give the node the roles that the profile has.",
    severity: "error",
  },
  "EDGE-SITE-004": {
    title: "A node is smaller than the profile's machine",
    why: "The profile's parts are sized for its machine; on a smaller one the kubelet evicts them.",
    fix: "Use a larger machine or a smaller profile.",
    severity: "error",
  },
  "EDGE-SITE-005": {
    title: "The release does not support the site's architecture",
    why: "An image without that architecture does not start on the site's nodes.",
    fix: "Use a version of the component that has the architecture.",
    severity: "error",
  },
  "EDGE-SITE-006": {
    title: "The time zone is unknown",
    why: "Maintenance windows and schedules are in the site's own time.",
    fix: "Use a name of the IANA time zone database, in its spelling, such as Europe/Lisbon.",
    severity: "error",
  },
  "EDGE-SITE-007": {
    title: "The ingestion buffer does not fit the profile",
    why: "What the site asks for needs more than a node of the profile may give to the platform.",
    fix: "Use buffer: rabbitmq, or a larger profile.",
    severity: "error",
  },
  "EDGE-SITE-008": {
    title: "The ingestion buffer is too small for the outage",
    why: "Messages that arrive while the link is down wait on site; once the buffer is full they are lost.",
    fix: "Lower the rate, the size or the outage to bear, or choose a larger profile.",
    severity: "error",
  },
  "EDGE-SITE-009": {
    title: "The site lacks what its target needs",
    why: "With `target: field` edgewave logs in at the bastion and at each node; without known host keys anybody could answer in their place.",
    fix: "Give the host keys, or write `target: render`.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
