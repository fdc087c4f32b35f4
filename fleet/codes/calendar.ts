import type { CodeText } from "./codeText";

/** Maintenance calendars of sites, rollouts and waves. */
export const calendarCodes = {
  "EDGE-CAL-001": {
    title: "An exception ends before it begins",
    why: "It holds on no day, so a freeze would not be one.",
    fix: "Swap the two dates, or correct them.",
    severity: "error",
  },
  "EDGE-CAL-002": {
    title: "The calendar stays closed for more than 400 days",
    why: "A rollout waits for windows and looks no further ahead than 400 days: it would wait without an end in sight.",
    fix: "Shorten the freezes, or add windows. If that is meant, leave the site out of the rollouts.",
    severity: "warning",
  },
} as const satisfies Record<string, CodeText>;
