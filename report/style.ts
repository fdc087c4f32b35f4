import { outcomeOrder } from "./outcomes";

/**
 * The page's surface and the colours of outcomes on it. Each is read as text, also on a badge tinted with itself, with a
 * contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3, level AA).
 */
export const lightColours = {
  surface: "#ffffff",
  succeeded: "#17754a",
  unchanged: "#3f6a94",
  failed: "#b3261e",
  deferred: "#8a5a00",
  skipped: "#5d6976",
  cancelled: "#74469b",
  "rolled-back": "#99407a",
  running: "#0b6bb5",
  waiting: "#5d6976",
} as const;

export const darkColours = {
  surface: "#151d26",
  succeeded: "#4cc38a",
  unchanged: "#8db4dc",
  failed: "#ff8a80",
  deferred: "#e8b549",
  skipped: "#98a5b3",
  cancelled: "#c19be3",
  "rolled-back": "#e28fc2",
  running: "#6cb6ff",
  waiting: "#98a5b3",
} as const;

function variables(colours: Readonly<Record<string, string>>): string {
  return outcomeOrder.map((outcome) => `--${outcome}: ${colours[outcome]};`).join(" ");
}

const lightTheme = `--ground: #f3f5f8; --surface: ${lightColours.surface}; --ink: #17212b; --muted: #4f5d6b; --line: #d9e0e7; --band: #0c2c47; --band-ink: #ffffff; --accent: #0b5fa5; ${variables(lightColours)}`;
const darkTheme = `--ground: #0d1319; --surface: ${darkColours.surface}; --ink: #e7edf3; --muted: #a3b0bd; --line: #2b3743; --band: #0a2036; --band-ink: #eef4fa; --accent: #7bbcf7; ${variables(darkColours)}`;

/** The page's style: follows the reader's light or dark setting, and is light and without controls on paper. */
export const style = `
:root { color-scheme: light dark; ${lightTheme} }
@media (prefers-color-scheme: dark) { :root { ${darkTheme} } }
${outcomeOrder.map((outcome) => `.is-${outcome} { --tone: var(--${outcome}); }`).join("\n")}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
header { background: var(--band); color: var(--band-ink); position: relative; }
.inner, main { max-width: 1180px; margin: 0 auto; padding: 0 28px; }
.inner { padding-top: 30px; padding-bottom: 58px; }
.product { margin: 0; font-size: 13px; letter-spacing: .04em; opacity: .8; }
.heading { display: flex; flex-wrap: wrap; gap: 10px 24px; align-items: center; justify-content: space-between; }
h1 { margin: 6px 0; font-size: 32px; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; overflow-wrap: anywhere; }
.result { display: flex; gap: 8px; align-items: center; margin: 0; padding: 7px 16px 7px 12px; border-radius: 99px; font-weight: 600; background: var(--surface); color: var(--tone); }
.result .icon { width: 18px; height: 18px; }
.facts { margin: 6px 0 0; opacity: .88; overflow-wrap: anywhere; }
.crest { position: absolute; inset: auto 0 -1px; width: 100%; height: 30px; }
.crest path { fill: var(--ground); opacity: .45; }
.crest path + path { opacity: 1; }
main { padding-bottom: 48px; }
h2 { margin: 0 0 14px; font-size: 19px; font-weight: 620; letter-spacing: -.005em; }
section { margin: 22px 0 0; padding: 22px 24px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
.notice { margin: 16px 0 0; padding: 13px 18px; border: 1px solid var(--line); border-left: 5px solid var(--tone); border-radius: 10px; background: var(--surface); overflow-wrap: anywhere; }
.notice.warn { --tone: var(--deferred); }
.notice.bad { --tone: var(--failed); }
.icon { width: 14px; height: 14px; flex: none; }
.cards { display: flex; flex-wrap: wrap; gap: 12px; margin: 0; padding: 0; list-style: none; }
.card { flex: 1 1 118px; padding: 12px 16px; border: 1px solid var(--line); border-top: 4px solid var(--tone, var(--muted)); border-radius: 10px; }
.figure-number { display: block; font-size: 30px; line-height: 1.15; font-weight: 650; font-variant-numeric: tabular-nums; }
.figure-name { display: flex; gap: 6px; align-items: center; color: var(--tone, var(--muted)); font-weight: 550; }
.share { display: flex; gap: 2px; height: 10px; margin-top: 16px; border-radius: 99px; overflow: hidden; }
.part { min-width: 3px; background: var(--tone); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 12px 7px 0; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
thead th { padding-top: 0; font-size: 13px; font-weight: 600; color: var(--muted); white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 560; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
.moment { white-space: nowrap; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 16px; }
.total { font-weight: 650; }
code { font: 13px/1.4 ui-monospace, "SFMono-Regular", Menlo, "Liberation Mono", monospace; }
.tag { margin-left: 6px; padding: 1px 8px; border: 1px solid var(--line); border-radius: 99px; font-size: 12px; font-weight: 500; color: var(--muted); }
.badge { display: inline-flex; gap: 6px; align-items: center; padding: 2px 10px 2px 7px; border-radius: 99px; color: var(--tone); background: color-mix(in srgb, var(--tone) 11%, var(--surface)); font-weight: 560; white-space: nowrap; }
.marks { width: 45%; }
.marks > div { display: flex; flex-wrap: wrap; gap: 4px; }
.mark { display: grid; place-items: center; width: 22px; height: 22px; border-radius: 5px; color: var(--tone); background: color-mix(in srgb, var(--tone) 16%, var(--surface)); border: 1px solid color-mix(in srgb, var(--tone) 45%, var(--surface)); }
.mark .icon { width: 13px; height: 13px; }
.dense .mark { width: 14px; height: 14px; border-radius: 3px; }
.dense .mark .icon { width: 10px; height: 10px; }
.figure { margin-top: 20px; }
.timeline { display: block; width: 100%; min-width: 860px; height: auto; font-size: 12px; }
.timeline text { fill: var(--ink); }
.timeline .tick { fill: var(--muted); text-anchor: middle; }
.timeline .grid { stroke: var(--line); }
.timeline .axis { stroke: var(--muted); stroke-opacity: .6; }
.timeline .tick.idle { font-style: italic; }
.timeline .break { fill: var(--muted); fill-opacity: .1; }
.timeline .span { fill: var(--accent); fill-opacity: .09; }
.timeline .wave { font-size: 14px; font-weight: 640; }
.timeline .wave .facts { font-size: 12px; font-weight: 400; fill: var(--muted); opacity: 1; }
.timeline .site { text-anchor: end; }
.timeline .took { fill: var(--muted); font-variant-numeric: tabular-nums; }
.timeline .none { fill: var(--tone); font-style: italic; }
.soak-dot { fill: var(--muted); fill-opacity: .7; }
.bar { fill: var(--tone); }
.is-unchanged .bar, .is-cancelled .bar { fill: color-mix(in srgb, var(--tone) 30%, var(--surface)); stroke: var(--tone); stroke-width: 1.2; }
.is-failed .bar { fill: url(#hatch); stroke: var(--failed); stroke-width: 1.2; }
.hatch-ground { fill: var(--failed); fill-opacity: .35; }
.hatch-line { fill: var(--failed); }
.halt line { stroke: var(--failed); stroke-width: 1.6; stroke-dasharray: 5 4; }
.halt text { fill: var(--failed); font-weight: 640; text-anchor: end; }
.legend, .meaning, .empty { margin: 10px 0 0; color: var(--muted); }
.meaning { margin: -8px 0 14px; max-width: 80ch; }
.key svg { width: 20px; height: 10px; margin: 0 5px 0 2px; }
.reasons { margin: 0; }
.reason { padding: 9px 0 9px 14px; border-left: 4px solid var(--tone, var(--line)); }
.reason + .reason { margin-top: 10px; }
.reason dt { font-weight: 600; overflow-wrap: anywhere; }
.reason .name:not(:last-of-type)::after { content: ","; }
.reason dd { margin: 2px 0 0; white-space: pre-line; overflow-wrap: anywhere; }
.filter { display: flex; flex-wrap: wrap; gap: 10px 20px; align-items: center; margin: 0 0 14px; }
.filter[hidden] { display: none; }
.filter label { color: var(--muted); }
.filter input, .filter select { margin-left: 6px; padding: 6px 10px; font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--muted); border-radius: 8px; }
.filter output { color: var(--muted); }
#site-table th, #site-table td { white-space: nowrap; }
#site-table td:nth-child(9) { white-space: normal; min-width: 12ch; }
#site-table thead button { padding: 0; border: 0; background: none; font: inherit; color: inherit; cursor: pointer; }
#site-table thead button::after { content: "\\2195"; margin-left: 4px; opacity: .45; }
#site-table [aria-sort="ascending"] button::after { content: "\\2191"; opacity: 1; }
#site-table [aria-sort="descending"] button::after { content: "\\2193"; opacity: 1; }
#site-table tbody tr:hover { background: color-mix(in srgb, var(--accent) 6%, var(--surface)); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
footer { margin: 20px 4px 0; color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
@media (max-width: 640px) { .inner, main { padding-left: 14px; padding-right: 14px; } section { padding: 16px 14px; } h1 { font-size: 25px; } }
@media print {
  :root { ${lightTheme} --ground: #fff; --band: #fff; --band-ink: #17212b; }
  @page { margin: 14mm; }
  * { print-color-adjust: exact; }
  body { font-size: 11px; }
  .inner { padding: 0 0 8px; }
  .inner, main { max-width: none; padding-left: 0; padding-right: 0; }
  .crest, .filter { display: none !important; }
  .result { border: 1px solid; }
  section { padding: 10px 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; break-inside: avoid-page; }
  section:has(#site-table) { break-inside: auto; }
  .scroll { overflow: visible; }
  .timeline { min-width: 0; }
  tr, .reason { break-inside: avoid; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
