import type { Step } from "../objects/json";

/**
 * One condition on objects of Kubernetes, as data: `evaluate.ts` asks it of resources, and `cel.ts` writes it for an
 * admission controller, so that both have one definition.
 */
export interface Condition {
  /** What is looked at: a pod's spec, each of its containers, each of its volumes, or a namespace. */
  readonly subject: "pod" | "containers" | "volumes" | "namespace";
  /** From the subject on. */
  readonly path: readonly string[];
  readonly expect: Expectation;
  /** What would be allowed, as the violation says it. */
  readonly limit: string;
  /** Name of the rule's setting with the named list of those that may: `namespace/name`, or `namespace/*`. */
  readonly allowed?: string;
}

export type Expectation =
  | { readonly is: "absent" }
  | { readonly is: "present" }
  /** Anything but `true`. */
  | { readonly is: "not true" }
  /** Exactly `false`. */
  | { readonly is: "false" }
  | { readonly is: "one of"; readonly values: readonly string[] }
  /** A list, if there is one, has none but these. */
  | { readonly is: "within"; readonly values: readonly string[] }
  /** A text that the pattern takes whole or in part; RE2's syntax, which JavaScript reads the same here. */
  | { readonly is: "matching"; readonly pattern: string }
  | { readonly is: "not matching"; readonly pattern: string };

/** A value that a condition refuses, and where. */
export interface Refused {
  readonly path: readonly Step[];
  readonly value: unknown;
}
