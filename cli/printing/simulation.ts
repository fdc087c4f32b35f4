import type { Assumptions, History } from "../../rollout/simulate/behaviour";
import { type Distribution, quantiles, type Quantiles } from "../../rollout/simulate/many";
import type { RolloutState } from "../../rollout/state";
import type { Transfer } from "../../rollout/transfer";
import type { Colors } from "../io";
import { plural } from "./findings";
import { formatSeconds } from "./outcome";
import { formatTable } from "./table";
import { formatSpan, formatTime, millisecondsLeft } from "./time";

/** What was simulated, and what came of it. */
export interface SimulationView {
  readonly state: RolloutState;
  /** When it starts or goes on, and whether the state is that of a run that is under way. */
  readonly from: { readonly at: number; readonly underWay: boolean };
  readonly assumptions: Assumptions;
  readonly history: History;
  /** Runs of the ledger that the history is from. */
  readonly historyRuns: number;
  readonly unchanged: ReadonlySet<string>;
  /** By site, for those that fetch anything. */
  readonly transfers: ReadonlyMap<string, Transfer>;
  readonly distribution: Distribution;
}

/** Halts and conditions that are shown before the rest is counted. */
const mostLines = 8;

export function formatSimulation(view: SimulationView, colors: Colors): string {
  const { distribution, from } = view;
  return [
    `${plural(distribution.runs, "simulated rollout")}, seed ${distribution.seed}, from ${formatTime(from.at)}`,
    [colors.bold("assumed"), ...assumedLines(view).map((line) => `  ${line}`)].join("\n"),
    [colors.bold("result"), resultTable(distribution, colors)].join("\n"),
    ...ends(view, colors),
    [colors.bold("sites"), sitesTable(view)].join("\n"),
    ...halts(distribution, colors),
    ...stuck(distribution, colors),
  ].join("\n\n");
}

/** Bounds of what comes over the links. */
function transferLine(transfers: ReadonlyMap<string, Transfer>, preStage: boolean): string {
  const { p50, p90 } = quantiles([...transfers.values()].map(({ seconds }) => seconds));
  const how = preStage ? "from the start, and a site waits for it" : "in its run, which takes no less";
  return `content comes over the links of ${plural(transfers.size, "site")} ${how}: half of them within ${formatSeconds(p50)}, nine of ten within ${formatSeconds(p90)}`;
}

/** Each with where it is from. */
function assumedLines({ assumptions, history, historyRuns, unchanged, transfers, state }: SimulationView): string[] {
  const { approvalSeconds, failing, vanishing, gateSeconds, gateFailing, seconds } = assumptions;
  const from = historyRuns === 1 ? "the last rollout" : `the last ${historyRuns} rollouts`;
  const samples = [...history.seconds.values()].flat();
  const { p10, p50, p90 } = quantiles(samples);
  const run =
    samples.length === 0
      ? `a run takes ${formatSeconds(0.8 * seconds)} to ${formatSeconds(1.2 * seconds)}: assumed, ${historyRuns === 0 ? "no rollout was read" : `${from} tell of no run`}`
      : `a run takes as long as one of the same profile: ${plural(samples.length, "run")} in ${from}, ${formatSeconds(p10)} to ${formatSeconds(p90)}, half of them up to ${formatSeconds(p50)}`;
  const gates = state.waves.some(({ plan }) => plan.gates.length + (plan.waveGates?.length ?? 0) > 0);
  const approvals = state.waves.some(({ plan }) => plan.approval !== undefined);
  return [
    run,
    shareLine("fail", "runs", failing, history.failed, history.runs),
    shareLine("lose their link", "runs", vanishing, history.vanished, history.runs),
    ...(gates ? gateLines(history, gateSeconds, gateFailing) : []),
    ...(approvals ? [approvalLine(approvalSeconds)] : []),
    ...(transfers.size === 0 ? [] : [transferLine(transfers, state.plan.preStage)]),
    ...(unchanged.size === 0 ? [] : [`${plural(unchanged.size, "site")} at this release already: not run`]),
  ];
}

/** `2 % of runs fail: assumed; recorded were 0 of 22`. */
function shareLine(verb: string, what: string, assumed: number, count: number, of: number): string {
  const recorded = of === 0 ? 0 : count / of;
  if (of === 0) return `${percent(assumed)} of ${what} ${verb}: assumed, none is recorded`;
  return recorded > assumed
    ? `${percent(recorded)} of ${what} ${verb}: recorded, ${count} of ${of}`
    : `${percent(assumed)} of ${what} ${verb}: assumed; recorded are ${count} of ${of}`;
}

function gateLines({ gates }: History, seconds: number, failing: number): string[] {
  if (gates.size === 0) {
    return [
      `a gate takes ${formatSeconds(seconds)}, or what it asks for at least: assumed, none is recorded`,
      shareLine("say fail", "gates", failing, 0, 0),
    ];
  }
  return [...gates].flatMap(([type, { seconds: samples, verdicts, failed, inconclusive }]) => [
    samples.length === 0
      ? `gates ${type} that pass take ${formatSeconds(seconds)}, or what they ask for at least: assumed, none passed`
      : `gates ${type} take as long as ${plural(samples.length, "recorded one")}`,
    shareLine("say fail", `gates ${type}`, failing, failed, verdicts),
    ...(inconclusive === 0 ? [] : [shareLine("have no answer", `gates ${type}`, 0, inconclusive, verdicts)]),
  ]);
}

function approvalLine(seconds: number | undefined): string {
  if (seconds === undefined) return "nobody approves a wave: --approval never";
  return `a wave that waits for approval gets it after ${formatSpan(seconds)}: assumed`;
}

function resultTable({ results, runs }: Distribution, colors: Colors): string {
  const paint = (word: string) =>
    word === "succeeded" ? colors.green(word) : word === "failed" ? colors.yellow(word) : colors.red(word);
  const rows = Object.entries(results).map(([word, count]) => [
    `  ${paint(word)}`,
    percent(count / runs),
    String(count),
    meanings[word] ?? "",
  ]);
  return formatTable(["  ", "share", "runs", ""], rows, ["share", "runs"]);
}

const meanings: Readonly<Record<string, string>> = {
  failed: "went through, with failed sites within the budgets",
  stuck: "waits for somebody and would wait for ever",
};

function ends({ distribution: { endedAt }, from }: SimulationView, colors: Colors): string[] {
  if (endedAt === undefined) return [];
  const rows = quantileRows.map(([name, key]) => [
    `  ${name}`,
    formatSeconds(millisecondsLeft(from.at, endedAt[key])),
    formatTime(endedAt[key]),
  ]);
  return [[colors.bold("ended"), formatTable(["  of those with an end", "after", "at"], rows, ["after"])].join("\n")];
}

const quantileRows = [
  ["10 %", "p10"],
  ["half", "p50"],
  ["90 %", "p90"],
] as const satisfies readonly (readonly [string, keyof Quantiles])[];

function sitesTable({ distribution, state }: SimulationView): string {
  const { reached, failed, deferred } = distribution;
  const row = (name: string, { p10, p50, p90 }: Quantiles) => [`  ${name}`, ...[p10, p50, p90].map(String)];
  return formatTable(
    [`  of ${state.sites.size}`, "10 %", "half", "90 %"],
    [row("reached", reached), row("failed", failed), row("deferred", deferred)],
    ["10 %", "half", "90 %"],
  );
}

function halts({ halts: all, runs }: Distribution, colors: Colors): string[] {
  if (all.length === 0) return [];
  const rows = all
    .slice(0, mostLines)
    .map(({ wave, reason, runs: times }) => [`  ${wave}`, percent(times / runs), String(times), reason]);
  const more = all.length > mostLines ? `\n  and ${all.length - mostLines} more reasons` : "";
  const head = ["  wave", "share", "runs", "reason"];
  return [`${colors.bold("halted")}\n${formatTable(head, rows, ["share", "runs"])}${more}`];
}

function stuck({ stuck: all, runs }: Distribution, colors: Colors): string[] {
  if (all.length === 0) return [];
  const lines = all
    .slice(0, mostLines)
    .map(({ condition, runs: times }) => `  ${percent(times / runs)} (${plural(times, "run")}): ${condition}`);
  const more = all.length > mostLines ? [`  and ${all.length - mostLines} more conditions`] : [];
  return [[colors.bold("stuck"), ...lines, ...more].join("\n")];
}

/** `2 %`, `62.5 %`. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** Times are ISO, durations are in seconds, shares from 0 to 1; what is not there is null. */
export function simulationJson(view: SimulationView) {
  const { state, from, assumptions, history, historyRuns, unchanged, distribution } = view;
  const { runs, seed, results, endedAt, reached, failed, deferred, halts: allHalts, stuck: allStuck } = distribution;
  return {
    fleet: state.fleet,
    rollout: state.rollout,
    release: state.release,
    run: from.underWay ? state.run : null,
    startsAt: new Date(from.at).toISOString(),
    runs,
    seed,
    sites: state.sites.size,
    assumed: {
      ...assumptions,
      approvalSeconds: assumptions.approvalSeconds ?? null,
      unchanged: unchanged.size,
      history: {
        rollouts: historyRuns,
        runs: history.runs,
        failed: history.failed,
        vanished: history.vanished,
        seconds: Object.fromEntries([...history.seconds].map(([profile, samples]) => [profile, quantiles(samples)])),
      },
    },
    results,
    endedAt: endedAt === undefined ? null : mapped(endedAt, (at) => new Date(at).toISOString()),
    seconds: endedAt === undefined ? null : mapped(endedAt, (at) => (at - from.at) / 1000),
    reached,
    failed,
    deferred,
    halts: allHalts,
    stuck: allStuck,
  };
}

function mapped<T>({ p10, p50, p90 }: Quantiles, of: (value: number) => T): Record<keyof Quantiles, T> {
  return { p10: of(p10), p50: of(p50), p90: of(p90) };
}
