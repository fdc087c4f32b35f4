import type { CodeText } from "./codeText";

/** Gates: what is asked of a site before it is done. */
export const gateCodes = {
  "EDGE-GATE-001": {
    title: "A gate cannot be asked of a selected site",
    why: "A gate without anybody to answer it would hold the rollout until its timeout, at every site.",
    fix: "Ask another gate, or leave the sites out of the wave.",
    severity: "error",
  },
  "EDGE-GATE-002": {
    title: "A gate of a wave cannot be asked",
    why: "A gate without anybody to answer it would hold the rollout after its first wave.",
    fix: "Set hub.prometheusUrl in fleet.yaml, or give the gate an address of its own.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
