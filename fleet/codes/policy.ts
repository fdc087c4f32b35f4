import type { CodeText } from "./codeText";

/** What a fleet says of the rules that it is held to. */
export const policyCodes = {
  "EDGE-POL-001": {
    title: "A rule does not exist",
    why: "What was meant to be set or exempt is not, and nobody notices.",
    fix: "Use a name of docs/policies.md.",
    severity: "error",
  },
  "EDGE-POL-002": {
    title: "A rule has no such setting",
    why: "What was meant to be set is not, and nobody notices.",
    fix: "Use a setting that docs/policies.md names under the rule.",
    severity: "error",
  },
  "EDGE-POL-003": {
    title: "An exemption is for a site that does not exist",
    why: "It exempts nothing, or a site of that name that comes later.",
    fix: "Correct the name, or take the exemption out.",
    severity: "error",
  },
  "EDGE-POL-004": {
    title: "An exemption has ended",
    why: "The rule holds again; what the exemption let be is a violation now.",
    fix: "Correct what it was for and take it out, or agree on a new last day with its owner.",
    severity: "warning",
  },
  "EDGE-POL-005": {
    title: "An exemption is not needed",
    why: "Nothing breaks the rule any more; the next thing that does would pass unseen.",
    fix: "Take the exemption out.",
    severity: "warning",
  },
} as const satisfies Record<string, CodeText>;
