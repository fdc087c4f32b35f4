import type { ReportData } from "./data";
import { duration, plural, time } from "./format";
import { type Html, html, trusted } from "./html";
import { byOutcome, outcomeIcon, type SiteOutcome } from "./outcomes";

/** How a rollout ended, in words and with the outcome whose look it shares. */
const results: Readonly<Record<ReportData["result"], { readonly word: string; readonly look: SiteOutcome }>> = {
  succeeded: { word: "Succeeded", look: "succeeded" },
  failed: { word: "Ended with failures", look: "failed" },
  halted: { word: "Halted", look: "failed" },
  interrupted: { word: "Interrupted", look: "cancelled" },
  aborted: { word: "Aborted", look: "cancelled" },
  "rolled-back": { word: "Rolled back", look: "rolled-back" },
  superseded: { word: "Superseded", look: "skipped" },
  running: { word: "Running", look: "running" },
};

const crest = trusted(
  `<svg class="crest" viewBox="0 0 1200 40" preserveAspectRatio="none" aria-hidden="true"><path d="M0 26c100-22 200-22 300 0s200 22 300 0 200-22 300 0 200 22 300 0v14H0z"/><path d="M0 32c100-16 200-16 300 0s200 16 300 0 200-16 300 0 200 16 300 0v8H0z"/></svg>`,
);

/** The head of the page: what was rolled out where, and how it ended. */
export function headOfPage(data: ReportData): Html {
  const { word, look } = results[data.result];
  const resumed = data.resumes === 0 ? undefined : `, resumed ${data.resumes === 1 ? "once" : `${data.resumes} times`}`;
  return html`<header>
    <div class="inner">
      <p class="product">edgewave rollout report</p>
      <div class="heading">
        <h1><bdi>${data.fleet}</bdi> to release <bdi>${data.release.name}</bdi></h1>
        <p class="result is-${look}">${outcomeIcon(look)}${word}</p>
      </div>
      <p class="facts">
        Rollout <bdi>${data.rollout}</bdi>, ${plural(data.sites.length, "site")} in
        ${plural(data.waves.length, "wave")}, started ${time(data.startedAt)}, took
        ${duration(data.endedAt - data.startedAt)}${resumed}
      </p>
    </div>
    ${crest}
  </header>`;
}

/** What a reader has to know before the figures. */
export function notices(data: ReportData): Html[] {
  const found: Html[] = [];
  if (!data.release.locked) {
    found.push(
      html`<p class="notice warn">
        <strong>Release <bdi>${data.release.name}</bdi> is not locked.</strong> Its image digests have not been resolved
        from a registry, so images are named by tag, and what a tag holds may change.
      </p>`,
    );
  }
  if (data.halt !== undefined) {
    found.push(
      html`<p class="notice bad">
        <strong>The rollout halted</strong> at ${time(data.halt.at)}: <bdi>${data.halt.reason}</bdi>. Running sites
        finished; the others were skipped.
      </p>`,
    );
  }
  if (data.result === "interrupted") {
    found.push(
      html`<p class="notice warn">
        <strong>The driver was stopped before the end.</strong> The same command resumes the rollout where it stopped.
      </p>`,
    );
  }
  return found;
}

/** Totals by outcome, as figures and as one bar. */
export function totals(data: ReportData): Html {
  const groups = byOutcome(data.sites);
  const cards = groups.map(
    ([outcome, sites]) =>
      html`<li class="card is-${outcome}">
        <span class="figure-number">${sites.length}</span>
        <span class="figure-name">${outcomeIcon(outcome)}${outcome}</span>
      </li>`,
  );
  const parts = groups.map(
    ([outcome, sites]) => html`<span class="part is-${outcome}" style="flex-grow:${sites.length}"></span>`,
  );
  return html`<section aria-labelledby="totals">
    <h2 id="totals">Totals</h2>
    <ul class="cards">
      <li class="card">
        <span class="figure-number">${data.sites.length}</span>
        <span class="figure-name">${data.sites.length === 1 ? "site" : "sites"} in all</span>
      </li>
      ${cards}
    </ul>
    <div class="share" aria-hidden="true">${parts}</div>
  </section>`;
}
