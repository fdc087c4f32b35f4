import type { Finding } from "../../fleet/finding";
import type { SourcePosition } from "../../fleet/model";
import type { Verdict } from "../../policy/judging/judge";
import type { BuildFailure } from "../checkFleet";

/** A verdict with where in the fleet's files its value comes from. */
export interface PlacedVerdict extends Verdict {
  /** `file` is relative to the fleet folder. */
  readonly place: SourcePosition;
}

/** All that a check has found, for every kind of report. */
export interface CheckResult {
  readonly fleet: string;
  /** ISO date of the day that was checked for. */
  readonly day: string;
  /** Names of all sites, in order. */
  readonly sites: readonly string[];
  /** What is wrong or worth a look in the files themselves. */
  readonly findings: readonly Finding[];
  readonly verdicts: readonly PlacedVerdict[];
  readonly failures: readonly BuildFailure[];
  /** How many sites were built now. */
  readonly built: number;
}

/** How a verdict counts. */
export type Weight = "stops" | "advice" | "exempt";

export function weightOf({ level, exemption }: Verdict): Weight {
  if (exemption !== undefined) return "exempt";
  return level === "mandatory" ? "stops" : "advice";
}

/** Whether a deployment may go on by the rules; a site that could not be judged may not. */
export function passes({ verdicts, failures }: Pick<CheckResult, "verdicts" | "failures">): boolean {
  return failures.length === 0 && verdicts.every((verdict) => weightOf(verdict) !== "stops");
}

/** Further words on a verdict: why it is only advice, which exemption lets it be, or which one is over. */
export function remarkOf({ violation, exemption, ended }: Verdict): string | undefined {
  if (exemption !== undefined) return `exempt until ${exemption.until}: ${exemption.reason} (${exemption.owner})`;
  if (ended !== undefined) return `an exemption ended on ${ended.until}: ${ended.reason} (${ended.owner})`;
  return violation.advisory === undefined ? undefined : `advice only: ${violation.advisory}`;
}
