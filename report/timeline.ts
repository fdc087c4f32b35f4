import type { ReportData, ReportWave } from "./data";
import { duration, plural, time } from "./format";
import { type Html, html } from "./html";
import { byOutcome } from "./outcomes";
import { type Bar, type Timeline, timelineLayout, type TimelineWave } from "./timelineLayout";

const width = 1100;
/** A run of a moment is still a bar. */
const leastBar = 3;

/** The waves on a time line, a bar for each site that was run. */
export function timeline(data: ReportData): Html {
  const layout = timelineLayout(data, width);
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">Waves</h2>
    ${waveTable(data)} ${layout === undefined ? html`<p class="empty">No site was run.</p>` : picture(layout, data)}
  </section>`;
}

const verdicts = { pass: "passed", fail: "failed", inconclusive: "no answer", accepted: "accepted", open: "open" };

function waveTable(data: ReportData): Html {
  // A column of dashes would tell nobody anything.
  const gated = data.waves.some(({ gates }) => gates.length > 0);
  const rows = data.waves.map((wave) => {
    const sites = data.sites.filter((site) => site.wave === wave.name);
    const outcomes = byOutcome(sites).map(([outcome, members]) => `${members.length} ${outcome}`);
    const took =
      wave.startedAt === undefined || wave.finishedAt === undefined ? "–" : duration(wave.finishedAt - wave.startedAt);
    const soaked = wave.soak === undefined ? "–" : duration(wave.soak.until - wave.soak.from);
    return html`<tr>
      <th scope="row"><bdi>${wave.name}</bdi>${wave.canary ? html` <span class="tag">canary</span>` : undefined}</th>
      <td class="number">${sites.length}</td>
      <td>${outcomes.join(", ") || "no sites"}</td>
      <td class="number">${wave.maxConcurrency}</td>
      <td class="moment">${wave.startedAt === undefined ? "did not start" : time(wave.startedAt)}</td>
      <td class="number">${took}</td>
      <td class="number">${soaked}</td>
      ${gated ? html`<td>${gates(wave)}</td>` : undefined}
    </tr>`;
  });
  return html`<div class="scroll">
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Wave</th>
          <th scope="col" class="number">Sites</th>
          <th scope="col">Outcomes</th>
          <th scope="col" class="number">At once</th>
          <th scope="col">Started</th>
          <th scope="col" class="number">Took</th>
          <th scope="col" class="number">Soaked</th>
          ${gated ? html`<th scope="col">Gates of the wave</th>` : undefined}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function gates({ gates: asked }: ReportWave): Html | string {
  if (asked.length === 0) return "–";
  const items = asked.map(
    ({ name, verdict, detail }) => html`<li><bdi>${name}</bdi>: ${verdicts[verdict]}, <bdi>${detail}</bdi></li>`,
  );
  return html`<ul class="gates">
    ${items}
  </ul>`;
}

function picture(layout: Timeline, data: ReportData): Html {
  const { height, left, right, top, scale } = layout;
  const description = `${plural(data.sites.length, "site")} in ${plural(data.waves.length, "wave")}; the table of sites below has the same figures.`;
  const grid = scale.ticks.map(
    ({ x, elapsed }) =>
      html`<line class="grid" x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - 6}" /><text
          class="tick"
          x="${x}"
          y="${top - 12}"
          >${duration(elapsed)}</text
        >`,
  );
  const shortened = scale.pieces.filter((piece) => piece.shortened);
  const breaks = shortened.map(
    (piece) =>
      html`<rect
          class="break"
          x="${piece.left}"
          y="${top - 6}"
          width="${piece.right - piece.left}"
          height="${height - top}"
          ><title>${duration(piece.to - piece.from)} without a running site, drawn shorter</title></rect
        ><text class="tick idle" x="${(piece.left + piece.right) / 2}" y="${top - 12}"
          >+${duration(piece.to - piece.from)}</text
        >`,
  );
  return html`<div class="scroll figure" tabindex="0" role="group" aria-label="Time line, scrolls sideways">
      <svg class="timeline" viewBox="0 0 ${width} ${height}" role="img" aria-label="Time line. ${description}">
        <defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" class="hatch-ground" />
            <rect width="2.5" height="6" class="hatch-line" />
          </pattern>
          <pattern id="soak" width="5" height="5" patternUnits="userSpaceOnUse">
            <circle cx="1.5" cy="1.5" r="0.9" class="soak-dot" />
          </pattern>
        </defs>
        ${breaks} ${grid}
        <line class="axis" x1="${left}" x2="${right}" y1="${top - 6}" y2="${top - 6}" />
        ${layout.waves.map((wave) => drawWave(wave, layout))} ${halt(layout)}
      </svg>
    </div>
    <p class="legend">
      Time since the first start. A bar is a site from start to end,
      ${legendOf(data)}${data.waves.some((w) => w.soak) ? "; dots are soak" : ""}${shortened.length > 0 ? "; shaded stretches (+) had no running site and are drawn shorter" : ""}.
    </p>`;
}

function legendOf(data: ReportData): Html[] {
  const ran = byOutcome(data.sites.filter((site) => site.startedAt !== undefined));
  return ran.map(
    ([outcome], index) =>
      html`${index === 0 ? "" : ", "}<span class="key is-${outcome}" aria-hidden="true"
          ><svg viewBox="0 0 20 10"><rect class="bar" width="20" height="10" rx="2" /></svg></span
        >${outcome}`,
  );
}

function drawWave(entry: TimelineWave, layout: Timeline): Html {
  const { wave, sites, top, bottom, span, soak, bars } = entry;
  const idle = byOutcome(sites.filter((site) => site.startedAt === undefined));
  const also = layout.named ? [] : idle.map(([outcome, members]) => `${members.length} ${outcome}`);
  const facts = [plural(sites.length, "site"), ...also].join(", ");
  return html`<g>
    ${
      span &&
      html`<rect
        class="span"
        x="${span.left - 4}"
        y="${top}"
        width="${Math.max(leastBar, span.right - span.left) + 8}"
        height="${bottom - top}"
        rx="5"
      />`
    }
    ${
      soak &&
      html`<rect
        class="soaking"
        x="${soak.left + 4}"
        y="${top + 26}"
        width="${Math.max(0, soak.right - soak.left - 8)}"
        height="${bottom - top - 26}"
        fill="url(#soak)"
        ><title>soak, ${duration(soak.milliseconds)}</title></rect
      >`
    }
    <text class="wave" x="${layout.named ? 8 : layout.left}" y="${top + 19}"
      >${wave.name}<tspan class="facts" dx="8"
        >${wave.canary && wave.name !== "canary" ? "canary, " : ""}${facts}</tspan
      ></text
    >
    ${bars.map((bar) => drawBar(bar, layout, span?.left ?? layout.left))}
  </g>`;
}

/** @param start where the word stands that a site without a run has instead of a bar. */
function drawBar({ site, y, height, extent }: Bar, layout: Timeline, start: number): Html {
  const middle = y + height / 2;
  const reason = site.reason === undefined ? "" : `: ${site.reason}`;
  const title = html`<title>${site.name}, ${site.outcome}${reason}</title>`;
  const label = layout.named
    ? html`<text class="site" x="${layout.left - 14}" y="${middle + 4}">${short(site.name)}</text>`
    : undefined;
  if (extent === undefined) {
    return html`<g class="is-${site.outcome}"
      >${title}${label}<text class="none" x="${start}" y="${middle + 4}">${site.outcome}</text></g
    >`;
  }
  const length = Math.max(leastBar, extent.right - extent.left);
  const gap = layout.named ? 4 : 1.5;
  const took = layout.named
    ? html`<text class="took" x="${extent.left + length + 6}" y="${middle + 4}"
        >${site.finishedAt === undefined ? "running" : duration(site.finishedAt - (site.startedAt ?? 0))}${site.outcome === "failed" ? " failed" : ""}</text
      >`
    : undefined;
  return html`<g class="is-${site.outcome}">
    ${title}${label}<rect
      class="bar"
      x="${extent.left}"
      y="${y + gap}"
      width="${length}"
      height="${height - 2 * gap}"
      rx="2"
    />${took}
  </g>`;
}

function halt({ halt: x, top, height }: Timeline): Html | undefined {
  return x === undefined
    ? undefined
    : html`<g class="halt">
        <line x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - 6}" />
        <text x="${x - 6}" y="${height - 10}">halted</text>
      </g>`;
}

/** A name as long as the margin bears; the bar's title has all of it. */
function short(name: string): string {
  return name.length <= 20 ? name : `${name.slice(0, 19)}…`;
}
