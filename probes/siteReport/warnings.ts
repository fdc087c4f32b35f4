import type { SiteReport } from "./form";
import { certificateEndsOf, samplesOf } from "./parts";

const dayMs = 86_400_000;
/** A certificate that ends so soon after the longest outage cannot be renewed with certainty. */
const certificateMarginMs = 7 * dayMs;
/** Above, a buffer has no room for an outage. */
const fullBuffer = 0.8;
/** Seconds; TLS and tokens begin to fail at minutes, and this is when people can still look. */
const largestOffset = 5;
/** A contact so long before the report tells nothing of the clock at the report. */
const contactFreshMs = 2 * 3_600_000;

/**
 * By how much the site's clock is ahead, in milliseconds, from what the hub's was at the last contact; 0 within the
 * tolerance, or if it is not known.
 */
export function clockErrorOf({ at, contact }: SiteReport, toleranceMs: number): number {
  if (contact?.hub === undefined || Math.abs(at - contact.at) > contactFreshMs) return 0;
  const error = contact.at - contact.hub;
  return Math.abs(error) > toleranceMs ? error : 0;
}

/** What somebody should look at, a clause each. */
export function warningsOf(
  report: SiteReport,
  now: number,
  { maxOutageHours }: { readonly maxOutageHours: number },
  clockErrorMs: number,
): readonly string[] {
  const { parts } = report;
  const warnings: string[] = [];
  if (clockErrorMs !== 0) {
    warnings.push(`its clock is ${spanOf(Math.abs(clockErrorMs))} ${clockErrorMs > 0 ? "ahead" : "behind"}`);
  }
  const offsets = samplesOf(parts.clockOffset);
  if ("value" in offsets) {
    const worst = Math.max(0, ...offsets.value.map(({ value }) => Math.abs(value)));
    if (worst > largestOffset) warnings.push(`a node's clock is off by ${worst.toFixed(1)} s`);
  }
  const fill = samplesOf(parts.bufferFill);
  if ("value" in fill) {
    const fullest = Math.max(0, ...fill.value.map(({ value }) => value));
    if (fullest > fullBuffer) warnings.push(`its buffer is ${Math.round(fullest * 100)}% full`);
  }
  const limit = now + maxOutageHours * 3_600_000 + certificateMarginMs;
  for (const [name, end] of endsOf(report)) {
    if (end > limit) continue;
    warnings.push(end <= now ? `certificate ${name} has run out` : `certificate ${name} ends in ${spanOf(end - now)}`);
  }
  return warnings;
}

/** Messages that the hub does not have yet; undefined if the site could not tell. */
export function bufferedMessages({ parts }: Pick<SiteReport, "parts">): number | undefined {
  const samples = samplesOf(parts.bufferMessages);
  if ("problem" in samples || samples.value.length === 0) return undefined;
  return samples.value.reduce((sum, { value }) => sum + Math.max(0, value), 0);
}

/** By how many messages what is buffered changes each second; undefined if the site could not tell. */
export function bufferTrend({ parts }: SiteReport): number | undefined {
  const samples = samplesOf(parts.bufferTrend);
  if ("problem" in samples || samples.value.length === 0) return undefined;
  return samples.value.reduce((sum, { value }) => sum + value, 0);
}

/** Ends of every certificate that the report knows, by name. */
function endsOf({ parts }: SiteReport): ReadonlyMap<string, number> {
  const shown = certificateEndsOf(parts.certificates);
  const managed = samplesOf(parts.certificateEnds);
  const ends = new Map("value" in shown ? shown.value : []);
  if ("value" in managed) {
    for (const { labels, value } of managed.value) {
      const name = `${labels["namespace"] ?? ""}/${labels["name"] ?? ""}`.slice(0, 130);
      if (/^[a-z0-9./-]+$/.test(name)) ends.set(name, value * 1000);
    }
  }
  return ends;
}

function spanOf(ms: number): string {
  if (ms >= 2 * dayMs) return `${Math.floor(ms / dayMs)} d`;
  if (ms >= 2 * 3_600_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.max(1, Math.round(ms / 60_000))} min`;
}
