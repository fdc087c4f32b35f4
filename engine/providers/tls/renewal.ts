import type { PropertyMap } from "../../property/value";

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
