import { z } from "zod";
import { reportParts, type ReportPart, siteReport } from "../../components/reporter/address";

/** Characters of a part's answer; the reporter's own limits are below it. */
const longestAnswer = 512 * 1024;

const answer = z.object({ answer: z.string().max(longestAnswer) });
const failure = z.object({ error: z.string().max(2000) });
const part = z.union([answer, failure]);
/** By the name of the part; others, which a later reporter may have, are left. */
const parts = z.object(Object.fromEntries(reportParts.map((name) => [name, part.optional()])));

const instant = z.iso.datetime({ offset: true });

const reportSchema = z.object({
  form: z.literal(siteReport.form),
  site: z.string().max(63),
  at: instant,
  intervalSeconds: z.int().min(60).max(86_400),
  contact: z.object({ at: instant, hubDate: z.string().max(64) }).nullable(),
  parts,
});

/** What a site says of itself; all of it is input from a machine that may be in others' hands. */
export interface SiteReport {
  readonly site: string;
  /** By the site's own clock, in milliseconds since the epoch, as all times here. */
  readonly at: number;
  readonly intervalSeconds: number;
  /** The last time that the hub answered; undefined if never. `hub` is the hub's clock then, undefined if it said none. */
  readonly contact: { readonly at: number; readonly hub: number | undefined } | undefined;
  /** What somebody on the site answered, as text, or why there is no answer. */
  readonly parts: Readonly<Record<ReportPart, PartAnswer>>;
}

export type PartAnswer = { readonly text: string } | { readonly problem: string };

/** A text that is no report, and why, as the end of a sentence that the report begins. */
export interface Unreadable {
  readonly why: string;
}

/** Reads the text of a report. @param site whose it has to be. */
export function readReport(text: string, site: string): SiteReport | Unreadable {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { why: "is no JSON" };
  }
  const read = reportSchema.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { why: `has another form than ${siteReport.form}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}` };
  }
  const { data } = read;
  if (data.site !== site) return { why: `speaks of the site ${JSON.stringify(data.site)}` };
  const hub = data.contact === null ? NaN : Date.parse(data.contact.hubDate);
  return {
    site: data.site,
    at: Date.parse(data.at),
    intervalSeconds: data.intervalSeconds,
    contact:
      data.contact === null ? undefined : { at: Date.parse(data.contact.at), hub: Number.isNaN(hub) ? undefined : hub },
    parts: Object.fromEntries(reportParts.map((name) => [name, partOf(data.parts[name])])) as SiteReport["parts"],
  };
}

function partOf(part: z.output<typeof answer> | z.output<typeof failure> | undefined): PartAnswer {
  if (part === undefined) return { problem: "the report has no such part" };
  return "answer" in part ? { text: part.answer } : { problem: part.error };
}
