import { createHash } from "node:crypto";

import type { ReportData } from "./data";
import { html, trusted } from "./html";
import { outcomeIcons } from "./outcomes";
import { time } from "./format";
import { reasons } from "./reasons";
import { regions } from "./regions";
import { script } from "./script";
import { siteList } from "./siteList";
import { style } from "./style";
import { headOfPage, notices, totals } from "./summary";
import { timeline } from "./timeline";

/** Sites above which marks are drawn small. */
const dense = 120;

/**
 * A rollout's report as one HTML page that refers to nothing outside itself. Everything from the data is escaped, and
 * the page's own policy lets no other script run than the one it comes with. Pure.
 */
export function renderReport(data: ReportData): string {
  const digest = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  // The bar of totals sets its shares in style attributes, so styles cannot be held to a digest.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${digest(script)}; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${data.fleet} to release ${data.release.name}, edgewave rollout report</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body class="${data.sites.length > dense ? "dense" : ""}">
        ${outcomeIcons} ${headOfPage(data)}
        <main>
          ${notices(data)} ${totals(data)} ${timeline(data)} ${regions(data)} ${reasons(data)} ${siteList(data)}
          <footer>Run <code>${data.run}</code>, as of ${time(data.endedAt)}. All times are in UTC.</footer>
        </main>
        ${trusted(`<script>${script}</script>`)}
      </body>
    </html> `;
  return page.text.trimEnd() + "\n";
}
