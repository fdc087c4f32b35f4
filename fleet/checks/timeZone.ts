import { nearest } from "../nearest";
import type { SourcePosition } from "../model";
import type { Path, Problem } from "../problem";
import { quote } from "../quote";
import type { Check } from "./check";
import { timeZoneLinks } from "./timeZoneLinks";

/** Sites are in time zones that there are. */
export const checkTimeZones: Check = ({ sites }) =>
  sites.flatMap(({ timeZone, source }) => timeZoneProblems(timeZone, source, ["spec", "timeZone"]));

/**
 * Time zones are those of the IANA database, in its spelling: the runtime takes `europe/madrid`, but the zone file of
 * that name is not there, and a node or Gitea would go by UTC. Offsets such as `+01:00` know no summer time.
 */
export function timeZoneProblems(timeZone: string, source: SourcePosition, path: Path): Problem[] {
  if (names.has(timeZone)) return [];
  const spelling = spellings.get(timeZone.toLowerCase());
  const at = { code: "EDGE-SITE-006" as const, source, path };
  if (spelling !== undefined) {
    const message = `${quote(timeZone)} is not in the spelling of the time zone database, which is case-sensitive`;
    return [{ ...at, message, hint: `Write ${spelling}.` }];
  }
  const meant = nearest(timeZone, names);
  const hint = meant === undefined ? {} : { hint: `Did you mean ${meant}?` };
  return [{ ...at, message: `${quote(timeZone)} is no IANA time zone`, ...hint }];
}

const names: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("timeZone"), ...timeZoneLinks]);
const spellings: ReadonlyMap<string, string> = new Map([...names].map((name) => [name.toLowerCase(), name]));
