import type { Condition } from "./condition";

/** What an admission controller is asked to enforce: the same conditions that the rule itself checks. */
export interface Admission {
  readonly conditions: readonly Condition[];
}
