/**
 * When a site may be changed. Plain data, in wall-clock times: whoever asks brings the site's time zone and the moment.
 */

/** Monday first, as ISO 8601 counts. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

export interface Calendar {
  /** Open in any of them; none at all is always open. */
  readonly windows: readonly Window[];
  /** They overrule the windows. A freeze overrules what is open by exception. */
  readonly exceptions: readonly CalendarException[];
}

/**
 * Open while the clock on the wall shows a time in it: what the clock leaves out when it is put forward is not made up
 * for, and what it shows twice when it is put back is open twice.
 */
export interface Window {
  /** On which the window opens; none at all is every day. */
  readonly days: readonly Weekday[];
  /** `22:00`, inclusive. */
  readonly from: string;
  /** `04:00`, exclusive. Before `from` it is a time of the next day; equal to it, the window is open for a day. */
  readonly to: string;
  /** IANA name; undefined is the site's own. */
  readonly timeZone: string | undefined;
}

/** Whole days that are as no window says. */
export interface CalendarException {
  /** `2026-12-20`, from its midnight on. */
  readonly from: string;
  /** Inclusive, up to its last midnight. */
  readonly to: string;
  /** False: frozen. True: open although no window is. */
  readonly open: boolean;
  /** For people. */
  readonly reason: string;
  /** IANA name; undefined is the site's own. */
  readonly timeZone: string | undefined;
}

/** Of a site that may be changed at any time. */
export const alwaysOpen: Calendar = { windows: [], exceptions: [] };
