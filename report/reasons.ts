import { compareText, groupBy } from "../rollout/order";
import type { ReportData, ReportSite } from "./data";
import { plural } from "./format";
import { type Html, html } from "./html";
import { outcomeBadge, type SiteOutcome } from "./outcomes";

/** More names than this are folded away, where the page can fold. */
const mostNames = 12;

const sections: readonly { readonly outcome: SiteOutcome; readonly title: string; readonly meaning: string }[] = [
  {
    outcome: "failed",
    title: "What failed and why",
    meaning: "The branch of these sites was not moved. Once the cause is gone, the same command runs them again.",
  },
  {
    outcome: "deferred",
    title: "What is deferred and why",
    meaning:
      "These sites have no link. They were neither run nor promoted, and count neither as successes nor as failures. The next rollout after their return takes them.",
  },
  {
    outcome: "cancelled",
    title: "What was cancelled",
    meaning: "These sites were running when the driver was stopped. A resume runs them again.",
  },
  { outcome: "skipped", title: "What was skipped and why", meaning: "These sites were not touched." },
];

/** Sites that did not come through, with the reasons; sites with one reason stand together. */
export function reasons(data: ReportData): Html[] {
  const told = sections.flatMap(({ outcome, title, meaning }): Html[] => {
    const sites = data.sites.filter((site) => site.outcome === outcome);
    if (sites.length === 0) return [];
    return [section(outcome, title, meaning, groupsOf(sites))];
  });
  if (data.unassigned.length > 0) {
    const groups = [...groupBy(data.unassigned, ({ reason }) => reason)].map(
      ([reason, sites]) => [reason, sites.map(({ site }) => site)] as const,
    );
    told.push(section("waiting", "Sites in no wave", "The rollout did not take these sites.", groups));
  }
  const noted = data.sites.filter((site) => site.notes.length > 0);
  if (noted.length > 0) told.push(notes(noted));
  return told;
}

function groupsOf(sites: readonly ReportSite[]): (readonly [string, readonly string[]])[] {
  return [...groupBy(sites, ({ reason }) => reason ?? "no reason was recorded")]
    .map(([reason, members]) => [reason, members.map(({ name }) => name).sort(compareText)] as const)
    .sort(([, a], [, b]) => b.length - a.length);
}

function section(
  outcome: SiteOutcome,
  title: string,
  meaning: string,
  groups: readonly (readonly [string, readonly string[]])[],
): Html {
  const items = groups.map(
    ([reason, names]) =>
      html`<div class="reason is-${outcome}">
        <dt>${names.length > mostNames ? folded(names) : nameList(names)}</dt>
        <dd><bdi>${reason}</bdi></dd>
      </div>`,
  );
  return html`<section aria-label="${title}">
    <h2>${title}</h2>
    <p class="meaning">${meaning}</p>
    <dl class="reasons">${items}</dl>
  </section>`;
}

function folded(names: readonly string[]): Html {
  return html`<details>
    <summary>${plural(names.length, "site")}</summary>
    ${nameList(names)}
  </details>`;
}

function nameList(names: readonly string[]): Html[] {
  return names.map((name) => html`<bdi class="name">${name}</bdi> `);
}

function notes(sites: readonly ReportSite[]): Html {
  return html`<section aria-label="What else was done">
    <h2>What else was done</h2>
    <dl class="reasons">
      ${sites.map(
        (site) =>
          html`<div class="reason">
            <dt><bdi class="name">${site.name}</bdi> ${outcomeBadge(site.outcome)}</dt>
            ${site.notes.map((note) => html`<dd><bdi>${note}</bdi></dd>`)}
          </div>`,
      )}
    </dl>
  </section>`;
}
