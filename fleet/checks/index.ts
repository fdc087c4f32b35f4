import type { Problem } from "../problem";
import { checkAddresses, checkApiVip } from "./addresses";
import { checkArchitectures } from "./architectures";
import { checkCalendars } from "./calendars";
import type { Check, CheckContext } from "./check";
import { checkBufferFits, checkBufferHorizon } from "./ingestion";
import { checkIdentity } from "./identity";
import { checkLocked, checkLocks } from "./locks";
import { checkLabels, checkNames } from "./names";
import { checkObservability } from "./observability";
import { checkOverrides } from "./overrides";
import { checkRanges, checkSiteRanges } from "./ranges";
import { checkReach } from "./reach";
import { checkReleases } from "./releases";
import { checkRollouts } from "./rollouts";
import { checkRolloutRules } from "./rolloutRules";
import { checkTimeZones } from "./timeZone";
import { checkTopology } from "./topology";
import { checkWaves } from "./waves";

export type { Check, CheckContext, NamedDocument } from "./check";

const checks: readonly Check[] = [
  checkNames,
  checkLabels,
  checkRanges,
  checkSiteRanges,
  checkAddresses,
  checkApiVip,
  checkTopology,
  checkReach,
  checkTimeZones,
  checkCalendars,
  checkBufferFits,
  checkBufferHorizon,
  checkArchitectures,
  checkReleases,
  checkLocks,
  checkLocked,
  checkRollouts,
  checkWaves,
  checkRolloutRules,
  checkOverrides,
  checkObservability,
  checkIdentity,
];

/** @returns all problems of all checks. */
export function runChecks(context: CheckContext): Problem[] {
  return checks.flatMap((check) => check(context));
}
