import { byName } from "../rollout/order";
import type { ReportData, ReportSite } from "./data";
import { changesText } from "./format";
import { type Html, html } from "./html";
import { byOutcome, outcomeBadge, outcomeOrder } from "./outcomes";

/** Every site in a table. The page's script adds sorting and filtering; without it the table is by name. */
export function siteList(data: ReportData): Html {
  const options = byOutcome(data.sites).map(
    ([outcome, sites]) => html`<option value="${outcome}">${outcome} (${sites.length})</option>`,
  );
  return html`<section aria-labelledby="sites">
    <h2 id="sites">All sites</h2>
    <form class="filter" hidden>
      <label>Find <input type="search" id="find" placeholder="name, region, profile" autocomplete="off" /></label>
      <label
        >Outcome
        <select id="outcome">
          <option value="">all (${data.sites.length})</option>
          ${options}
        </select></label
      >
      <output id="shown" aria-live="polite"></output>
    </form>
    <div class="scroll">
      <table id="site-table">
        <thead>
          <tr>
            <th scope="col" aria-sort="ascending">Site</th>
            <th scope="col">Region</th>
            <th scope="col">Profile</th>
            <th scope="col">Architecture</th>
            <th scope="col">Wave</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">Seconds</th>
            <th scope="col" class="number">Resources</th>
            <th scope="col">Changes</th>
            <th scope="col">Commit</th>
          </tr>
        </thead>
        <tbody>
          ${data.sites.toSorted(byName).map((site) => row(site, data))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(site: ReportSite, data: ReportData): Html {
  const ran = site.outcome === "succeeded" || site.outcome === "unchanged" || site.resources > 0;
  const wave = data.waves.findIndex(({ name }) => name === site.wave);
  return html`<tr data-outcome="${site.outcome}">
    <th scope="row"><bdi>${site.name}</bdi></th>
    <td><bdi>${site.region}</bdi></td>
    <td>${site.profile}</td>
    <td>${site.architecture}</td>
    <td data-value="${wave}"><bdi>${site.wave}</bdi></td>
    <td data-value="${outcomeOrder.indexOf(site.outcome)}">${outcomeBadge(site.outcome)}</td>
    <td class="number" data-value="${site.seconds}">${ran ? site.seconds.toFixed(1) : "–"}</td>
    <td class="number" data-value="${site.resources}">${ran ? site.resources : "–"}</td>
    <td>${ran ? changesText(site.changes) : "–"}</td>
    <td><code>${site.commit?.slice(0, 10) ?? "–"}</code></td>
  </tr>`;
}
