import type { Gate, WaveGate } from "../../fleet/gates";
import type { Fleet, ResolvedSite } from "../../fleet/model";
import type { Forecast } from "../../rollout/forecast";
import type { Plan } from "../../rollout/plan";
import type { RolloutState, WaveState } from "../../rollout/state";
import type { Transfer } from "../../rollout/transfer";
import { openingOf } from "../../rollout/windows/openings";
import type { Colors } from "../io";
import type { FieldPlan } from "../rollout/fieldPlans";
import { plural } from "./findings";
import { formatSeconds } from "./outcome";
import { mostNames, planTerms, windowsText } from "./planTerms";
import { formatTable } from "./table";
import { formatSpan, formatTime, millisecondsLeft } from "./time";

/** A plan with what is predicted of it. */
export interface PlanView {
  readonly fleet: Fleet;
  /** As if it started now. */
  readonly state: RolloutState;
  readonly predicted: Forecast;
  /** Where the predicted times are from, for people. */
  readonly source: string;
  readonly unchanged: ReadonlySet<string>;
  /** By site, for those that fetch anything. */
  readonly transfers: ReadonlyMap<string, Transfer>;
  /** Of sites with the target `field`. */
  readonly field: readonly FieldPlan[];
  /** Whether each site has a line; otherwise they are counted. */
  readonly listed: boolean;
}

/** The waves, each with its limits and its sites, then what holds for the rollout as a whole, then its end. */
export function formatPlan(view: PlanView, colors: Colors): string {
  const sites = new Map(view.fleet.sites.map((site) => [site.name, site]));
  const { state, unchanged } = view;
  return [
    ...state.waves.map((wave, index) => formatWave(view, wave, index, sites, colors)),
    ...unassigned(state.plan, colors),
    ...playbooks(view.field, colors),
    planTerms(state.plan, state.startedAt).join("\n"),
    ...(unchanged.size === 0
      ? []
      : [`${plural(unchanged.size, "site")} of ${state.sites.size} should be unchanged: at this release already.`]),
    ...content(view),
    ending(view),
  ].join("\n\n");
}

function formatWave(
  { state, predicted, listed }: PlanView,
  wave: WaveState,
  index: number,
  sites: ReadonlyMap<string, ResolvedSite>,
  colors: Colors,
): string {
  const members = wave.plan.sites.flatMap((name) => sites.get(name) ?? []);
  return [
    colors.bold(`wave ${index + 1}: ${wave.plan.name}`) + colors.dim(limits(wave)),
    ...[when(state, predicted, wave), ...conditions(state, wave)].map((line) => `  ${line}`),
    ...(listed ? [table(members, colors)] : counts(members).map((line) => `  ${line}`)),
  ].join("\n");
}

function limits({ plan }: WaveState): string {
  const parts = [plural(plan.sites.length, "site"), `${plan.maxConcurrency} at once`];
  if (plan.canary) parts.unshift("canary");
  if (plan.maxFailures !== undefined) parts.push(`halts above ${plural(plan.maxFailures, "failure")}`);
  if (plan.maxDeferred !== undefined) parts.push(`above ${plan.maxDeferred} deferred`);
  if (plan.soakSeconds > 0) parts.push(`then ${formatSpan(plan.soakSeconds)} of soak`);
  return ` (${parts.join(", ")})`;
}

function when({ startedAt }: RolloutState, { waves, stuck, halts }: Forecast, { plan }: WaveState): string {
  const { startsAt, endsAt } = waves.get(plan.name) ?? {};
  const because = stuck ?? halts;
  if (startsAt === undefined) return `predicted: does not start${because === undefined ? "" : `; ${because}`}`;
  const start = startsAt <= startedAt ? "starts at once" : `starts ${at(startedAt, startsAt)}`;
  return `predicted: ${start}, ${endsAt === undefined ? "does not end" : `ends ${at(startedAt, endsAt)}`}`;
}

/** `after 2 h 5 m (2026-11-26T12:05Z)`. */
function at(from: number, to: number): string {
  return `after ${formatSeconds(millisecondsLeft(from, to))} (${formatTime(to)})`;
}

/** What has to be so before the wave starts and before its sites are done, a line each. */
function conditions(state: RolloutState, wave: WaveState): string[] {
  const { gates, waveGates = [], approval, deadlineSeconds, quorum, representation, maintenance, sites } = wave.plan;
  const lines: string[] = [];
  if (approval !== undefined) {
    const kind = approval.signed ? "signed approval" : "approval";
    lines.push(`approval: waits for ${plural(approval.count, kind)} (the prediction takes it as given at once)`);
  }
  if (gates.length > 0) lines.push(`gates of each site: ${gates.map(gateText).join(", ")}`);
  if (waveGates.length > 0) lines.push(`gates of the wave: ${waveGates.map(gateText).join(", ")}`);
  if (deadlineSeconds !== undefined) lines.push(`deadline: ${formatSpan(deadlineSeconds)} after its start`);
  if (quorum > 0) lines.push(`quorum: ${quorum} of ${plural(sites.length, "site")} have to be reached`);
  if (representation.length > 0) lines.push(`representation: each ${representation.join(", each ")} has to be reached`);
  const own = windowsText(maintenance, state.startedAt);
  if (own !== undefined) lines.push(`windows: ${own}`);
  return [...lines, ...closedNow(state, wave)];
}

function gateText({ name, type, timeoutSeconds, ...gate }: Gate | WaveGate): string {
  const time = "durationSeconds" in gate ? formatSpan(gate.durationSeconds) : `at most ${formatSpan(timeoutSeconds)}`;
  return `${name} (${name === type ? "" : `${type}, `}${time})`;
}

function closedNow(state: RolloutState, wave: WaveState): string[] {
  const { closed, never, opensAt, sites } = openingOf(state, wave, state.startedAt);
  if (closed === 0) return [];
  const next = opensAt === undefined ? "" : `; the next one opens at ${formatTime(opensAt)}`;
  const none = never === 0 ? "" : `; ${plural(never, "site")} will not be open within 400 days`;
  return [`closed now: ${closed} of ${plural(sites, "site")}${next}${none}`];
}

function table(members: readonly ResolvedSite[], colors: Colors): string {
  const rows = members.map((site) => {
    const offline = site.offline === undefined ? "" : colors.yellow(`offline: ${site.offline.reason}`);
    return [`  ${site.name}`, site.profile, site.architecture, site.region, plural(site.nodes.length, "node"), offline];
  });
  return formatTable(["  site", "profile", "arch", "region", "nodes", ""], rows);
}

/** What a table of thousands of lines would not show anybody. */
function counts(members: readonly ResolvedSite[]): string[] {
  const offline = members.filter((site) => site.offline !== undefined).length;
  return [
    `regions: ${counted(members.map(({ region }) => region))}`,
    `profiles: ${counted(members.map(({ profile, architecture }) => `${profile}/${architecture}`))}`,
    ...(offline === 0 ? [] : [`offline: ${offline}, to be deferred`]),
  ];
}

/** `north 120, south 80 and 3 more`: the most frequent first. */
function counted(words: readonly string[]): string {
  const numbers = new Map<string, number>();
  for (const word of words) numbers.set(word, (numbers.get(word) ?? 0) + 1);
  const all = [...numbers].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const shown = all.slice(0, mostNames).map(([word, number]) => `${word} ${number}`);
  const more = all.length > mostNames ? ` and ${all.length - mostNames} more` : "";
  return shown.length === 0 ? "none" : shown.join(", ") + more;
}

function unassigned({ unassigned: left }: Plan, colors: Colors): string[] {
  if (left.length === 0) return [];
  const lines = (["no-wave", "not-selected"] as const).flatMap((reason) => {
    const names = left.filter((entry) => entry.reason === reason).map(({ site }) => site);
    if (names.length === 0) return [];
    const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
    const word = reason === "no-wave" ? "no wave takes" : "not selected:";
    return [`  ${word} ${names.slice(0, mostNames).join(", ")}${more}`];
  });
  return [[colors.yellow("not in this rollout:"), ...lines].join("\n")];
}

/** Field sites with the same steps share their lines: a fleet that is upgraded takes the same ones everywhere. */
function playbooks(field: readonly FieldPlan[], colors: Colors): string[] {
  const groups = new Map<string, string[]>();
  for (const { site, steps, refused } of field) {
    const text = refused === undefined ? steps.map((step) => `  ${step}`).join("\n") : colors.red(`  ${refused}`);
    groups.set(text, [...(groups.get(text) ?? []), site]);
  }
  return [...groups].map(([text, sites]) => {
    const more = sites.length > mostNames ? ` and ${sites.length - mostNames} more` : "";
    return `${colors.bold(`playbooks of ${sites.slice(0, mostNames).join(", ")}${more}:`)}\n${text}`;
  });
}

/** What comes over the links, and which of them takes the longest. */
function content({ transfers, unchanged, fleet }: PlanView): string[] {
  const coming = [...transfers].filter(([site]) => !unchanged.has(site));
  const [slowest] = coming.toSorted(([a, x], [b, y]) => y.seconds - x.seconds || (a < b ? -1 : 1));
  if (slowest === undefined) return [];
  const [name, { bytes, seconds }] = slowest;
  const bandwidth = fleet.sites.find((site) => site.name === name)?.link.bandwidthMbit;
  const longest = `${formatSeconds(seconds)} for the ${size(bytes)} of ${name} at ${bandwidth} Mbit/s`;
  return [`Content for ${plural(coming.length, "site")} comes over their links: at most ${longest}.`];
}

function size(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes < 1024 ? `${Math.ceil(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

function ending({ state, predicted, source }: PlanView): string {
  if (predicted.endsAt === undefined) return `No end in sight: ${predicted.stuck}.`;
  if (predicted.halts !== undefined) {
    return `Halts ${at(state.startedAt, predicted.endsAt)} even if all goes as usual: ${predicted.halts}; ${source}.`;
  }
  return `Ends ${at(state.startedAt, predicted.endsAt)} if all goes as usual; ${source}.`;
}
