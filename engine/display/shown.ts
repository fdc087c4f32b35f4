import type { Op, Step } from "../steps/step";
import { isProviderType, nameOf } from "../urn";

/** What a view tells of. */
export interface ShowOptions {
  /** Resources that do not change. */
  readonly showSames: boolean;
  /** The parts of a replacement beside the replacement. */
  readonly showReplacementSteps: boolean;
}

const PARTS: readonly Op[] = [
  "replace",
  "create-replacement",
  "delete-replaced",
  "read-replacement",
  "discard-replaced",
];

/** Whether a view that shows each resource once shows a step. Source: `shouldShow` of `pkg/backend/display/display.go`. */
export function isShown(step: Step, options: ShowOptions): boolean {
  if (isDefaultProvider(step) || step.op === "remove-pending-replace") {
    return false;
  }
  if (step.op === "same") {
    return options.showSames || step.old?.fields.protect !== step.made?.fields.protect;
  }
  return options.showReplacementSteps || step.logical || !PARTS.includes(step.op);
}

/** The providers that a program does not name are the engine's own affair. */
export function isDefaultProvider({ type, urn }: Pick<Step, "type" | "urn">): boolean {
  return isProviderType(type) && /^default(_|$)/.test(nameOf(urn));
}
