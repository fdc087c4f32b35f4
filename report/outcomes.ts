import { type Html, html, trusted } from "./html";
import type { ReportSite } from "./data";

export type SiteOutcome = ReportSite["outcome"];

interface Look {
  readonly name: SiteOutcome;
  /** Path of the icon on a 16 by 16 grid, so that an outcome is told by its form too. */
  readonly icon: string;
}

/** In the order in which they are listed everywhere. */
const looks: readonly Look[] = [
  { name: "succeeded", icon: "M3 8.5l3.2 3.2L13 4.8" },
  { name: "unchanged", icon: "M3 6h10M3 10h10" },
  { name: "failed", icon: "M4 4l8 8M12 4l-8 8" },
  { name: "deferred", icon: "M8 3.5V8l3 2M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8z" },
  { name: "skipped", icon: "M3 4l4.5 4L3 12M8.5 4L13 8l-4.5 4" },
  { name: "cancelled", icon: "M4.5 4.5h7v7h-7z" },
  { name: "rolled-back", icon: "M6 3L3 6l3 3M3 6h6a4 4 0 010 8H6" },
  { name: "running", icon: "M5 3.5l7 4.5-7 4.5z" },
  { name: "waiting", icon: "M4 8h.01M8 8h.01M12 8h.01" },
];

export const outcomeOrder: readonly SiteOutcome[] = looks.map(({ name }) => name);

/** The icons of all outcomes, to be put once into a page. */
export const outcomeIcons: Html = trusted(
  `<svg width="0" height="0" aria-hidden="true" style="position:absolute">${looks
    .map(
      ({ name, icon }) =>
        `<symbol id="icon-${name}" viewBox="0 0 16 16"><path d="${icon}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></symbol>`,
    )
    .join("")}</svg>`,
);

export function outcomeIcon(outcome: SiteOutcome): Html {
  return html`<svg class="icon" aria-hidden="true"><use href="#icon-${outcome}" /></svg>`;
}

/** An outcome as icon and word. */
export function outcomeBadge(outcome: SiteOutcome): Html {
  return html`<span class="badge is-${outcome}">${outcomeIcon(outcome)}${outcome}</span>`;
}

/** Sites by outcome, only those that there are, in order. */
export function byOutcome<T extends Pick<ReportSite, "outcome">>(sites: readonly T[]): (readonly [SiteOutcome, T[]])[] {
  return outcomeOrder
    .map((outcome) => [outcome, sites.filter((site) => site.outcome === outcome)] as const)
    .filter(([, members]) => members.length > 0);
}
