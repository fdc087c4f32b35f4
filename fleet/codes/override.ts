import type { CodeText } from "./codeText";

/** What sites have that is different from what a release says. */
export const overrideCodes = {
  "EDGE-OVER-001": {
    title: "An override is for a site that the fleet does not have",
    why: "It would change nothing, and whoever wrote it believes that it does.",
    fix: "Correct the name, or remove the override.",
    severity: "error",
  },
  "EDGE-OVER-002": {
    title: "An override is for no site of the fleet",
    why: "No site has its profile or labels, so it changes nothing.",
    fix: "Correct the labels, or remove the override.",
    severity: "warning",
  },
  "EDGE-OVER-003": {
    title: "A patch does not fit what it is for",
    why: "On the site kustomize would refuse it, and the site would stay where it is.",
    fix: "Correct the target or the path; `edgewave explain SITE KIND/NAME:PATH` shows what is there.",
    severity: "error",
  },
  "EDGE-OVER-004": {
    title: "An added object is there already",
    why: "Every object of a site has one owner; two would undo each other's changes for ever.",
    fix: "Patch the object that is there, or give this one another name.",
    severity: "error",
  },
  "EDGE-OVER-005": {
    title: "A secret is not encrypted for its site",
    why: "What is in Git in clear is known to everybody who ever reads the repository, and a site opens only what is encrypted for its own key.",
    fix: "Encrypt it: `edgewave seal SITE < secret.yaml` writes the whole override.",
    severity: "error",
  },
  "EDGE-OVER-006": {
    title: "An added object is one that the site keeps itself",
    why: "Both of the site's repositories would own it, and Flux would apply the one and the other in turn for ever.",
    fix: "Remove it from the site's own repository first, or leave it to the site and take it out of the override.",
    // A site could otherwise keep the whole fleet from its release by what it pushes.
    severity: "warning",
  },
} as const satisfies Record<string, CodeText>;
