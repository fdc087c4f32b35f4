import { compareText, groupBy } from "../rollout/order";
import type { ReportData } from "./data";
import { type Html, html } from "./html";
import { byOutcome, outcomeIcon, outcomeOrder } from "./outcomes";

/** Sites by region and outcome: a mark for each site, and the numbers. */
export function regions(data: ReportData): Html {
  const present = outcomeOrder.filter((outcome) => data.sites.some((site) => site.outcome === outcome));
  const rows = [...groupBy(data.sites, (site) => site.region)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([region, sites]) => {
      const groups = new Map(byOutcome(sites));
      const marks = [...groups.values()]
        .flat()
        .map(
          (site) =>
            html`<span class="mark is-${site.outcome}" title="${site.name}, ${site.outcome}"
              >${outcomeIcon(site.outcome)}</span
            >`,
        );
      return html`<tr>
        <th scope="row"><bdi>${region}</bdi></th>
        <td class="marks"><div aria-hidden="true">${marks}</div></td>
        ${present.map((outcome) => html`<td class="number">${groups.get(outcome)?.length ?? 0}</td>`)}
        <td class="number total">${sites.length}</td>
      </tr>`;
    });
  return html`<section aria-labelledby="regions">
    <h2 id="regions">Sites by region and outcome</h2>
    <div class="scroll">
      <table class="plain regions">
        <thead>
          <tr>
            <th scope="col">Region</th>
            <th scope="col">Sites</th>
            ${present.map((outcome) => html`<th scope="col" class="number">${outcome}</th>`)}
            <th scope="col" class="number">in all</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}
