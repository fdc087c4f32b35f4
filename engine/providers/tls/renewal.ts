import type { PropertyMap } from "../../property/value";
import type { BridgedResource } from "../bridge/resource";

/** Tells the time. */
export type Clock = () => Date;

/** How a certificate tells, on refresh and on each run, that its renewal is due; a run then replaces it. */
export function renewal(clock: Clock): Pick<BridgedResource, "refresh" | "expires"> {
  return {
    refresh: (outputs): PropertyMap => (readyForRenewal(outputs, outputs, clock()) ? { readyForRenewal: true } : {}),
    expires: (outputs, planned) => (readyForRenewal(outputs, planned, clock()) ? ["readyForRenewal"] : []),
  };
}

/**
 * Whether a certificate has reached the time, `earlyRenewalHours` before its end, from which it is renewed.
 *
 * @param outputs hold `validityEndTime`.
 * @param settings hold `earlyRenewalHours`.
 */
export function readyForRenewal(outputs: PropertyMap, settings: PropertyMap, now: Date): boolean {
  const end = Date.parse(String(outputs["validityEndTime"] ?? ""));
  const early = Number(settings["earlyRenewalHours"] ?? 0) * 3_600_000;
  return !Number.isNaN(end) && end - early <= now.getTime();
}
