import type { CodeText } from "../fleet/codes";

/** What locking a release can find. A code keeps its meaning for ever; a new meaning gets a new code. */
export const lockCodes = {
  "EDGE-LOCK-001": {
    title: "The registry does not have the image or chart",
    why: "No site could pull it.",
    fix: "Correct the version, or bring what is missing into the registry.",
    severity: "error",
  },
  "EDGE-LOCK-002": {
    title: "An answer is not what its digest says",
    why: "The registry, or something on the way to it, gave other content than was asked for.",
    fix: "Find out what stands between here and the registry; nothing of the answer was used.",
    severity: "error",
  },
  "EDGE-LOCK-003": {
    title: "The image is not made for an architecture of the fleet",
    why: "A node of that architecture could not run it.",
    fix: "Take a version that is, or bring all architectures into the registry.",
    severity: "error",
  },
  "EDGE-LOCK-004": {
    title: "The registry refuses to answer",
    why: "It wants credentials, or other ones.",
    fix: "Give credentials for the registry with --auth-file.",
    severity: "error",
  },
  "EDGE-LOCK-005": {
    title: "The registry cannot be asked",
    why: "There is no connection, no trust in its certificate, or it does not serve.",
    fix: "Run the same command again: what was resolved is kept.",
    severity: "error",
  },
  "EDGE-LOCK-006": {
    title: "The answer is no manifest that can be locked",
    why: "Only an OCI or Docker (schema 2) manifest or index of bounded size, with SHA-256 digests, names one content.",
    fix: "Use an image in one of these forms, and a chart as `helm push` makes it.",
    severity: "error",
  },
  "EDGE-LOCK-007": {
    title: "A tag names something else than when it was locked",
    why: "Sites keep pulling what was locked, by digest; whoever moved the tag may have withdrawn that.",
    fix: "Ask the image's makers, then keep the lock, or lock a new release.",
    severity: "error",
  },
  "EDGE-LOCK-008": {
    title: "What was locked is no longer in the registry",
    why: "A site that does not have it yet can no longer be brought to the release.",
    fix: "Bring it back into the registry, or lock a new release.",
    severity: "error",
  },
  "EDGE-LOCK-009": {
    title: "The registry has another chart under this name",
    why: "Sites would install something else than the release names.",
    fix: "Bring the chart of this name and version into the registry.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;

export type LockCode = keyof typeof lockCodes;
