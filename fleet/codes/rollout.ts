import type { CodeText } from "./codeText";

/** Rollouts: what they select and how they divide it. */
export const rolloutCodes = {
  "EDGE-ROLL-001": {
    title: "The release does not exist",
    why: "A rollout takes sites to a release of this fleet.",
    fix: "Name one of the fleet's releases.",
    severity: "error",
  },
  "EDGE-ROLL-002": {
    title: "A selector names a site that does not exist",
    why: "The site would be missing from the rollout in silence.",
    fix: "Correct the name or remove it.",
    severity: "error",
  },
  "EDGE-ROLL-003": {
    title: "A selector matches nothing",
    why: "A rollout or wave without sites does nothing and looks like a success.",
    fix: "Correct the selector, or remove the wave.",
    severity: "warning",
  },
  "EDGE-ROLL-004": {
    title: "Sites are not selected by the rollout",
    why: "They stay at the release they have; that is right for a partial rollout and worth knowing for any other.",
    fix: "Widen the rollout's selector if they should be in it.",
    severity: "warning",
  },
  "EDGE-ROLL-005": {
    title: "A canary is not the first wave",
    why: "A canary protects the waves after it; later it protects nothing.",
    fix: "Move the canary to the front.",
    severity: "error",
  },
  "EDGE-ROLL-006": {
    title: "A wave follows one that takes all the rest",
    why: "Nothing is left for it.",
    fix: "Put the wave with size rest at the end.",
    severity: "error",
  },
  "EDGE-ROLL-007": {
    title: "Selected sites are in no wave",
    why: "The sizes of the waves do not add up to all selected sites; those left over stay where they are.",
    fix: "Give the last wave size: rest.",
    severity: "warning",
  },
  "EDGE-ROLL-008": {
    title: "Selected sites are in no failure domain",
    why: "The limits of failure domains do not hold sites that lack the label.",
    fix: "Give those sites the label, or name one that all of them have, such as region.",
    severity: "warning",
  },
  "EDGE-ROLL-009": {
    title: "Waves would have one name",
    why: "A rule with exponential or groupBy stands for several waves and names them after itself, with a number or a value behind. Commands and the ledger tell waves apart by name.",
    fix: "Give the rule another name.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
