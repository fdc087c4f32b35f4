import type { RunObserver } from "./observer";

/** One observer that tells all of them, in order. */
export function fanOut(observers: readonly RunObserver[]): RunObserver {
  return {
    prelude: (config) => observers.forEach((observer) => observer.prelude(config)),
    stepStarted: (step) => observers.forEach((observer) => observer.stepStarted(step)),
    stepEnded: (step) => observers.forEach((observer) => observer.stepEnded(step)),
    stepFailed: (step) => observers.forEach((observer) => observer.stepFailed(step)),
    diagnostic: (diagnostic) => observers.forEach((observer) => observer.diagnostic(diagnostic)),
    policyViolated: (violation) => observers.forEach((observer) => observer.policyViolated(violation)),
    policyRemediated: (remediation) => observers.forEach((observer) => observer.policyRemediated(remediation)),
    summary: (summary) => observers.forEach((observer) => observer.summary(summary)),
    end: () => observers.forEach((observer) => observer.end()),
  };
}
