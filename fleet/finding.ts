/** One thing that is wrong in a fleet's files. Every check returns all of its findings. */
export interface Finding {
  /** Stable code such as `EDGE-SITE-014`; docs/findings.md explains each. */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** Relative to the fleet folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Where in the document, such as `spec.network.podCidr`. */
  readonly path: string;
  /** What is wrong, with the offending values. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}
