import { nearest } from "../nearest";
import type { Problem } from "../problem";
import { quote } from "../quote";
import type { Check } from "./check";

/** Time zones are those of the IANA database that the runtime carries. */
export const checkTimeZones: Check = ({ sites }) => {
  const known = new Map<string, boolean>();
  return sites.flatMap(({ timeZone, source }): Problem[] => {
    let valid = known.get(timeZone);
    if (valid === undefined) known.set(timeZone, (valid = isTimeZone(timeZone)));
    if (valid) return [];
    const meant = nearest(timeZone, Intl.supportedValuesOf("timeZone"));
    return [
      {
        code: "EDGE-SITE-006",
        source,
        path: ["spec", "timeZone"],
        message: `${quote(timeZone)} is no IANA time zone`,
        ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }),
      },
    ];
  });
};

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are accepted by the runtime but know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
