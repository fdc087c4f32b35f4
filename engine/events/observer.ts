import type { PropertyMap } from "../property/value";
import type { Step } from "../steps/step";

export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

export interface Diagnostic {
  /** Empty for the stack as a whole. */
  readonly urn: string;
  readonly severity: Severity;
  readonly message: string;
  readonly streamId: number;
  /** Shown while it happens, and not kept. */
  readonly ephemeral: boolean;
}

export interface Summary {
  readonly preview: boolean;
  readonly seconds: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly succeeded: boolean;
}

/** A policy that a resource, or with an empty URN the stack, does not keep. */
export interface PolicyViolation {
  readonly urn: string;
  readonly policy: string;
  readonly pack: string;
  readonly version: string;
  readonly description: string;
  readonly level: "advisory" | "mandatory";
  readonly message: string;
}

/** What a policy has corrected. */
export interface PolicyRemediation extends Omit<PolicyViolation, "level" | "message"> {
  readonly before: PropertyMap;
  readonly after: PropertyMap;
}

/** Follows a run: the display and the event log are observers. */
export interface RunObserver {
  /** @param config as people may see it: secrets masked. */
  prelude(config: Readonly<Record<string, string>>): void;
  stepStarted(step: Step): void;
  /** The step has ended; for a component this comes with its registered outputs. */
  stepEnded(step: Step): void;
  stepFailed(step: Step): void;
  diagnostic(diagnostic: Diagnostic): void;
  policyViolated(violation: PolicyViolation): void;
  policyRemediated(remediation: PolicyRemediation): void;
  summary(summary: Summary): void;
  /** The last call. */
  end(): void;
}
