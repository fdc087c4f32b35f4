import type { ReportData, ReportSite, ReportWave } from "./data";
import { timeScale, type TimeScale } from "./timeScale";

/** Above this number of sites each bar cannot have a row of its own any more; bars then share lanes. */
const mostRows = 60;
const rowHeight = 20;
const laneHeight = 9;
const headHeight = 30;
const axisHeight = 30;

export interface Timeline {
  readonly width: number;
  readonly height: number;
  /** Where the names end and time begins. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly scale: TimeScale;
  readonly waves: readonly TimelineWave[];
  readonly halt: number | undefined;
  /** Whether each site has a row of its own, with its name. */
  readonly named: boolean;
}

export interface TimelineWave {
  readonly wave: ReportWave;
  /** All of the wave's sites. */
  readonly sites: readonly ReportSite[];
  readonly top: number;
  readonly bottom: number;
  /** Of the wave's own time; undefined if it did not begin. */
  readonly span: { readonly left: number; readonly right: number } | undefined;
  readonly soak: { readonly left: number; readonly right: number; readonly milliseconds: number } | undefined;
  readonly bars: readonly Bar[];
}

/** A site's place; without a run it has a row and no extent. */
export interface Bar {
  readonly site: ReportSite;
  readonly y: number;
  readonly height: number;
  readonly extent: { readonly left: number; readonly right: number } | undefined;
}

/**
 * Where everything of the time line goes. Pure.
 * @param width of the whole picture.
 * @returns undefined if no site was run, for then there is no time to show.
 */
export function timelineLayout(data: ReportData, width: number): Timeline | undefined {
  const named = data.sites.length <= mostRows;
  const left = named ? 182 : 24;
  const right = width - (named ? 70 : 24);
  const busy = data.sites.flatMap((site) => extentOf(site, data) ?? []);
  const ended = data.result === "running" || data.result === "interrupted" ? [] : [point(data.endedAt)];
  const scale = timeScale([...busy, ...data.waves.flatMap(waveStart), ...ended.slice(0, busy.length)], left, right, 70);
  if (busy.length === 0 || scale === undefined) return undefined;
  let y = axisHeight;
  const waves = data.waves.map((wave): TimelineWave => {
    const sites = data.sites.filter((site) => site.wave === wave.name);
    const top = y;
    const bars = named ? rows(sites, data, scale, y + headHeight) : lanes(sites, data, scale, y + headHeight);
    y = Math.max(y + headHeight, ...bars.map((bar) => bar.y + bar.height)) + 12;
    return { wave, sites, top, bottom: y - 6, span: spanOf(wave, data, scale), soak: soakOf(wave, scale), bars };
  });
  const halt = data.halt && scale.at(data.halt.at);
  return { width, height: y, left, right, top: axisHeight, scale, waves, halt, named };
}

function point(at: number) {
  return { from: at, to: at };
}

function waveStart(wave: ReportWave) {
  return wave.startedAt === undefined ? [] : [point(wave.startedAt)];
}

function extentOf(site: ReportSite, data: ReportData) {
  return site.startedAt === undefined ? undefined : { from: site.startedAt, to: site.finishedAt ?? data.endedAt };
}

function spanOf(wave: ReportWave, data: ReportData, scale: TimeScale): TimelineWave["span"] {
  if (wave.startedAt === undefined) return undefined;
  return { left: scale.at(wave.startedAt), right: scale.at(wave.finishedAt ?? data.endedAt) };
}

function soakOf({ soak }: ReportWave, scale: TimeScale): TimelineWave["soak"] {
  return soak && { left: scale.at(soak.from), right: scale.at(soak.until), milliseconds: soak.until - soak.from };
}

/** Each site on a row of its own, by the time of its start; those that were not run come last. */
function rows(sites: readonly ReportSite[], data: ReportData, scale: TimeScale, top: number): Bar[] {
  const ordered = sites.toSorted((a, b) => (a.startedAt ?? Infinity) - (b.startedAt ?? Infinity) || 0);
  return ordered.map((site, index) => ({
    site,
    y: top + index * rowHeight,
    height: rowHeight,
    extent: drawn(site, data, scale),
  }));
}

/** Sites that were run, on as few lanes as none covers another one. */
function lanes(sites: readonly ReportSite[], data: ReportData, scale: TimeScale, top: number): Bar[] {
  const freeFrom: number[] = [];
  const run = sites.filter((site) => site.startedAt !== undefined);
  return run
    .toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
    .map((site) => {
      const { from, to } = extentOf(site, data) ?? point(0);
      const free = freeFrom.findIndex((time) => time <= from);
      const lane = free === -1 ? freeFrom.length : free;
      freeFrom[lane] = to;
      return { site, y: top + lane * laneHeight, height: laneHeight, extent: drawn(site, data, scale) };
    });
}

function drawn(site: ReportSite, data: ReportData, scale: TimeScale): Bar["extent"] {
  const extent = extentOf(site, data);
  return extent && { left: scale.at(extent.from), right: scale.at(extent.to) };
}
