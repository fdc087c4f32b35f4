import { decide } from "../../rollout/decide/decide";
import type { GateStep } from "../../rollout/decide/gating";
import { isAtItsGates, waveGateStep } from "../../rollout/decide/waveGates";
import { type Forecast, forecast, roughForecast } from "../../rollout/forecast";
import { finalSites, type RolloutState, type SiteState, type WaveState } from "../../rollout/state";
import { why, whyEnded, whyRollout } from "../../rollout/why";
import type { Colors } from "../io";
import { formatSeconds } from "./outcome";
import { formatEnd, formatTally } from "./summary";
import { formatTable } from "./table";

/** How many names are shown before the rest is counted: what fits on a screen at any size of fleet. */
const mostNames = 8;
/** A larger rollout is not simulated for a look: that would take longer than to show it. */
const mostSimulated = 1_000;
/** Up to so many sites each of them has a line. */
export const mostRows = 40;

/**
 * A rollout at one look, as well for 10 sites as for 5,000: how it stands, its waves, what is in flight, what is stuck and
 * why, and when it will probably end.
 * @param driver what is known of who drives it, for people; undefined if nobody does.
 * @param now milliseconds since the epoch.
 */
export function formatOverview(state: RolloutState, driver: string | undefined, now: number, colors: Colors): string {
  const predict = state.sites.size > mostSimulated ? roughForecast : forecast;
  const predicted = state.finished === undefined ? predict(state, now) : undefined;
  return [
    heading(state, colors),
    ...driverLine(state, driver, colors),
    wavesTable(state, predicted, now, colors),
    ...inFlight(state, now, colors),
    ...stuck(state, now, colors),
    ...ending(state, predicted, now),
  ].join("\n\n");
}

function heading(state: RolloutState, colors: Colors): string {
  const line = `${colors.bold(state.fleet)} to release ${colors.bold(state.release)} by rollout ${state.rollout}`;
  const done = `${finalSites(state)} of ${state.sites.size} sites done`;
  const over = state.finished !== undefined || state.halted !== undefined;
  const stands = over ? formatEnd(state) : `${done}: ${formatTally(state)}`;
  const paused = state.paused === undefined ? "" : colors.yellow(` (paused by ${state.paused.by})`);
  return `${line}: ${stands}${paused}`;
}

function driverLine({ finished }: RolloutState, driver: string | undefined, colors: Colors): string[] {
  if (finished !== undefined) return [];
  if (driver === undefined) return [colors.yellow("no driver is at work; edgewave rollout start resumes it")];
  return [colors.dim(`driven by ${driver}`)];
}

/** A line for each wave: how it stands, and how its sites do. */
export function wavesTable(state: RolloutState, predicted: Forecast | undefined, now: number, colors: Colors): string {
  const rows = state.waves.map((wave) => {
    const { tally, plan } = wave;
    const ended = wave.finishedAt !== undefined;
    const end = predicted?.waves.get(plan.name)?.endsAt;
    return [
      plan.name + (plan.canary && plan.name !== "canary" ? " (canary)" : ""),
      waveWord(state, wave, colors),
      String(plan.sites.length),
      count(tally.succeeded + tally.unchanged),
      count(tally.failed + tally["rolled-back"], colors.red),
      count(tally.deferred, colors.yellow),
      count(tally.skipped + tally.cancelled, colors.yellow),
      count(wave.running, colors.cyan),
      count(wave.pending),
      ended || end === undefined ? "" : `in ${formatSeconds(Math.max(0, end - now) / 1000)}`,
    ];
  });
  const head = ["wave", "", "sites", "done", "failed", "deferred", "skipped", "in flight", "waiting", "ends"];
  return formatTable(head, rows, head.slice(2, -1));
}

function waveWord(state: RolloutState, wave: WaveState, colors: Colors): string {
  const { startedAt, finishedAt, soak } = wave;
  if (isAtItsGates(state, wave)) return gateWord(waveGateStep(state, wave), colors);
  if (finishedAt !== undefined)
    return soak !== undefined && soak.endedAt === undefined ? colors.cyan("soaking") : colors.green("done");
  if (state.finished !== undefined)
    return startedAt === undefined
      ? colors.yellow("not begun")
      : colors.red(state.halted === undefined ? "cut off" : "halted");
  return startedAt === undefined ? colors.dim("waits") : colors.cyan("runs");
}

function gateWord({ type }: GateStep, colors: Colors): string {
  if (type === "held") return colors.yellow("held");
  return type === "failed" ? colors.red("did not pass") : colors.cyan("at its gates");
}

function count(number: number, color: (text: string) => string = (text) => text): string {
  return number === 0 ? "" : color(String(number));
}

function inFlight(state: RolloutState, now: number, colors: Colors): string[] {
  const sites = [...state.sites.values()].filter(({ phase }) => phase === "running" || phase === "gating");
  if (sites.length === 0) return [];
  const oldest = sites.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
  const names = oldest.slice(0, mostNames).map((site) => `${site.site} ${colors.dim(age(site, now))}`);
  const more = sites.length > mostNames ? `, and ${sites.length - mostNames} more` : "";
  const waiting = oldest.find((site) => site.waiting !== undefined);
  const why =
    waiting?.waiting === undefined ? "" : `\n  ${colors.dim(`${waiting.site} waits: ${waiting.waiting.reason}`)}`;
  return [`in flight: ${names.join(", ")}${more}${why}`];
}

function age({ startedAt, phase, waiting }: SiteState, now: number): string {
  const since = formatSeconds(Math.max(0, now - (startedAt ?? now)) / 1000);
  if (waiting !== undefined) return `${since}, waits for this machine`;
  return phase === "gating" ? `${since}, at its gates` : since;
}

/** What the rollout waits for, and sites that wait for somebody, each with the way out. */
function stuck(state: RolloutState, now: number, colors: Colors): string[] {
  const lines: string[] = [];
  const whole = whyRollout(state, now);
  const moves = decide(state, now).some(({ type }) => type !== "wait");
  if (whole !== undefined && whole.status !== "running" && !moves) {
    lines.push(
      `waits since ${formatSeconds((now - whole.since) / 1000)}: ${colors.yellow(whole.condition)}`,
      `  ${colors.dim(whole.remedy)}`,
    );
  }
  const blocked = [...state.sites.values()]
    .filter(({ phase }) => phase === "gating")
    .flatMap(({ site }) => why(state, site, now) ?? [])
    .filter(({ status }) => status === "blocked");
  for (const { target, condition } of blocked.slice(0, mostNames))
    lines.push(`${colors.yellow("held")} ${target}: ${condition}`);
  if (blocked.length > mostNames) lines.push(`and ${blocked.length - mostNames} more are held`);
  const failed = [...state.sites.values()].filter(({ outcome }) => outcome === "failed");
  for (const { site, reason } of failed.slice(0, mostNames))
    lines.push(`${colors.red("failed")} ${site}: ${reason ?? ""}`);
  if (failed.length > mostNames) lines.push(`and ${failed.length - mostNames} more failed; --sites lists all`);
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function ending(state: RolloutState, predicted: Forecast | undefined, now: number): string[] {
  const ended = whyEnded(state);
  if (ended !== undefined) return state.finished?.result === "succeeded" ? [] : [`next: ${ended.remedy}`];
  if (predicted === undefined) return [];
  if (predicted.endsAt === undefined) return [`no end in sight: ${predicted.stuck}`];
  if (predicted.halts !== undefined) return [`halts even if all goes as usual: ${predicted.halts}`];
  const left = formatSeconds(Math.max(0, predicted.endsAt - now) / 1000);
  return [`ends in about ${left} (${new Date(predicted.endsAt).toISOString().slice(0, 16)}Z) if all goes as usual`];
}
