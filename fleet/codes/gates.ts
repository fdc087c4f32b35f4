import type { CodeText } from "./codeText";

/** Gates: what is asked of a site before it is done. */
export const gateCodes = {
  "EDGE-GATE-001": {
    title: "A gate cannot be asked of a selected site",
    why: "A gate without anybody to answer it would hold the rollout until its timeout, at every site.",
    fix: "Ask another gate, or leave the sites out of the wave.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
