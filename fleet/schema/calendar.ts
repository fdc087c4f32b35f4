import { z } from "zod";
import { weekdays } from "../calendar";
import { timeZone } from "./document";
import { text } from "./formats";

/** More than anybody reads; bounds what a decision costs. */
const mostWindows = 100;
const mostExceptions = 400;

const zone = timeZone.optional().describe("IANA name, such as Europe/Lisbon; the site's own by default.");

const window = z.strictObject({
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .max(7)
    .optional()
    .describe("Days on which the window opens, such as [sat, sun]; every day by default."),
  from: text("edgewave-time-of-day").describe('Such as "22:00", in quotes.'),
  to: text("edgewave-time-of-day").describe(
    'Such as "04:00", in quotes; before `from` it is a time of the next day, equal to it the window is open for 24 hours.',
  ),
  timeZone: zone,
});

const exception = z.strictObject({
  from: z.iso.date().describe("First day, such as 2026-12-20."),
  to: z.iso.date().describe("Last day, inclusive."),
  open: z.boolean().describe("false: nothing is started; true: open all day, although no window is."),
  reason: text("edgewave-sentence"),
  timeZone: zone,
});

/** `maintenance` of sites, rollouts and waves. */
export const calendarSchema = z
  .strictObject({
    windows: z
      .array(window)
      .min(1)
      .max(mostWindows)
      .optional()
      .describe("When changes may be started, by the clock on the wall; always by default."),
    exceptions: z
      .array(exception)
      .max(mostExceptions)
      .optional()
      .describe("Days that overrule the windows; a freeze overrules everything."),
  })
  .describe("When changes may be started.");

export type CalendarDocument = z.output<typeof calendarSchema>;
