import { MultiBar, type SingleBar } from "cli-progress";
import { listOf } from "../../fleet/quote";
import type { RecordedEvent, RolloutEvent, SiteFinished } from "../../rollout/events";
import { currentWave, type RolloutState } from "../../rollout/state";
import { colorsOf, print, type Colors, type Io } from "../io";
import { formatSeconds, outcomeColor } from "./outcome";
import { plural } from "./findings";

/** Shows a rollout while it runs: a line for what has happened and, on a terminal, a bar for what is happening. */
export interface RolloutProgress {
  /** Begins with a rollout that is under way. */
  readonly show: (state: RolloutState) => void;
  readonly onEvent: (recorded: RecordedEvent, state: RolloutState) => void;
  readonly onResources: (site: string, resources: number, doing?: string) => void;
  readonly note: (line: string) => void;
  readonly close: () => void;
}

export function rolloutProgress(io: Io): RolloutProgress {
  return new Progress(io);
}

class Progress implements RolloutProgress {
  readonly #colors: Colors;
  /** What each running site is at: a playbook's play, task and host, else how many resources are done. */
  readonly #running = new Map<string, string>();
  #bars: MultiBar | undefined;
  #bar: SingleBar | undefined;
  #state: RolloutState | undefined;
  #width: number | undefined;

  constructor(private readonly io: Io) {
    this.#colors = colorsOf(io);
  }

  readonly show = (state: RolloutState): void => {
    this.#state = state;
    this.#showBar(state);
    this.#draw();
  };

  readonly onEvent = ({ event }: RecordedEvent, state: RolloutState): void => {
    this.#state = state;
    this.#showBar(state);
    const line = this.#line(event, state);
    if (line !== undefined) this.note(line);
    this.#draw();
  };

  readonly onResources = (site: string, resources: number, doing?: string): void => {
    this.#running.set(site, doing ?? (resources > 0 ? String(resources) : ""));
    this.#draw();
  };

  readonly note = (line: string): void => {
    // A line through the bar's own log: it moves the bar down instead of writing into it.
    if (this.#bars !== undefined) this.#bars.log(`${line}\n`);
    else print(this.io, line);
  };

  readonly close = (): void => {
    this.#bars?.stop();
    this.#bars = undefined;
    this.#bar = undefined;
  };

  #line(event: RolloutEvent, state: RolloutState): string | undefined {
    const { bold, dim, red, yellow } = this.#colors;
    switch (event.type) {
      case "rollout-started":
        return event.supersedes === undefined
          ? undefined
          : yellow(`a new run: the unfinished one is not resumed, because ${event.supersedes.reason}`);
      case "driver-resumed": {
        const again = event.inFlight.length === 0 ? "" : `; again: ${event.inFlight.join(", ")}`;
        return yellow(
          `resuming the unfinished run: ${doneSites(state)} of ${plural(state.sites.size, "site")} done${again}`,
        );
      }
      case "wave-started":
        return bold(this.#waveLine(event.wave, state));
      case "site-started":
        this.#running.set(event.site, "");
        return undefined;
      case "site-finished":
        this.#running.delete(event.site);
        // Thousands may be left when a rollout halts, all for one reason.
        return event.outcome === "skipped" ? undefined : this.#siteLine(event, state);
      case "soak-started":
        return dim(`  soaking until ${new Date(event.until).toISOString()}`);
      case "site-hopped":
        return dim(`  ${event.site} has reached release ${event.release}, on its way`);
      case "site-retry-scheduled":
        this.#running.delete(event.site);
        return yellow(`  ${event.site}: ${event.reason}`);
      case "gate-finished":
        return event.verdict === "pass"
          ? undefined
          : yellow(`  ${event.site}: gate ${event.gate} ${verdictWord[event.verdict]}: ${event.reason}`);
      case "gate-accepted":
        return yellow(`  ${event.site}: gate ${event.gate} is taken as passed by ${event.by}`);
      case "wave-gate-started":
        return dim(`  wave ${event.wave}: all its sites have ended; gate ${event.gate} is asked`);
      case "wave-gate-finished": {
        const line = `  wave ${event.wave}: gate ${event.gate} ${verdictWord[event.verdict]}: ${event.reason}`;
        return event.verdict === "pass" ? dim(line) : yellow(line);
      }
      case "wave-gate-accepted":
        return yellow(`  wave ${event.wave}: gate ${event.gate} is taken as passed by ${event.by}`);
      case "site-waiting":
        return event.reason === undefined ? undefined : dim(`  ${event.site} waits: ${event.reason}`);
      case "approved":
        return dim(`  wave ${event.wave} is approved by ${event.by}`);
      case "paused":
        return yellow(`paused by ${event.by}${event.reason === undefined ? "" : `: ${event.reason}`}`);
      case "unpaused":
        return yellow(`goes on, says ${event.by}`);
      case "abort-requested":
        return red(`aborted by ${event.by}${event.reason === undefined ? "" : `: ${event.reason}`}`);
      case "rollback-started":
        return this.#rollbackLine(event);
      case "rollout-reopened":
        return yellow(`${event.kind} by ${event.by}: ${reopenedWords(event)}`);
      case "evidence-recorded":
        return yellow(`  ${event.site} reports ${event.result} late: ${event.detail}`);
      case "stop-requested":
        return yellow("stopping: running sites end their current step (Ctrl-C again: at once)");
      case "rollout-halted":
        return red(bold(`halted: ${event.reason}`));
      case "rollout-finished":
        return state.tally.skipped === 0
          ? undefined
          : yellow(`  ${plural(state.tally.skipped, "site")} skipped: ${listOf(skippedSites(state))}`);
      default:
        return undefined;
    }
  }

  #rollbackLine({ reason, sites, without }: Extract<RolloutEvent, { type: "rollback-started" }>): string {
    const stay = without.map(({ site, reason: why }) => `\n  ${site} stays: ${why}`).join("");
    return this.#colors.red(`rolling ${plural(sites.length, "site")} back: ${reason}`) + stay;
  }

  #showBar(state: RolloutState): void {
    if (!this.io.interactive || this.#bars !== undefined) return;
    this.#bars = new MultiBar({
      format: "{bar} {value}/{total} {wave} {running}",
      barCompleteChar: "━",
      barIncompleteChar: "─",
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      // Signals are the command's own business; the bar only has to leave the cursor visible (`close`).
      gracefulExit: false,
      stream: this.io.stdout as NodeJS.WriteStream,
      autopadding: false,
    });
    this.#bar = this.#bars.create(state.sites.size, doneSites(state), { wave: "", running: "" });
  }

  #waveLine(name: string, state: RolloutState): string {
    const index = state.waves.findIndex(({ plan }) => plan.name === name);
    const sites = state.waves[index]?.plan.sites.length ?? 0;
    const canary = state.waves[index]?.plan.canary && name !== "canary" ? " (canary)" : "";
    return `wave ${index + 1} of ${state.waves.length}: ${name}${canary}, ${plural(sites, "site")}`;
  }

  #siteLine(event: SiteFinished, state: RolloutState): string {
    // The plan never changes within a run, so the widest name is looked for once.
    this.#width ??= Math.max(4, ...state.plan.waves.flatMap((wave) => wave.sites.map((site) => site.length)));
    const outcome = outcomeColor(event.outcome, this.#colors)(event.outcome.padEnd(10));
    const total = String(state.sites.size);
    const place = this.#colors.dim(`[${String(doneSites(state)).padStart(total.length)}/${total}]`);
    const notes = (event.notes ?? []).map((note) => `\n${" ".repeat(8)}${this.#colors.dim(note)}`).join("");
    return `  ${place} ${event.site.padEnd(this.#width)}  ${outcome} ${detail(event)}`.trimEnd() + notes;
  }

  #draw(): void {
    const state = this.#state;
    if (this.#bar === undefined || state === undefined) return;
    const wave = currentWave(state)?.plan.name ?? "";
    const running = [...this.#running].map(([site, at]) => (at === "" ? site : `${site} ${at}`));
    const room = Math.max(0, ((this.io.stdout as NodeJS.WriteStream).columns ?? 80) - 44 - wave.length);
    const text = running.join(", ");
    const shown = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    this.#bar.update(doneSites(state), { wave, running: this.#colors.dim(shown) });
  }
}

const verdictWord = { pass: "passed", fail: "failed", inconclusive: "has no answer" } as const;

function reopenedWords({ sites, waves = [] }: Extract<RolloutEvent, { type: "rollout-reopened" }>): string {
  const again = waves.length === 0 ? [] : [`gates of wave ${waves.join(", ")} again`];
  return [...(sites.length === 0 && again.length > 0 ? [] : [plural(sites.length, "site")]), ...again].join(", ");
}

function skippedSites({ sites }: RolloutState): string[] {
  return [...sites.values()].filter(({ outcome }) => outcome === "skipped").map(({ site }) => site);
}

function doneSites(state: RolloutState): number {
  return state.sites.size - state.waves.reduce((sum, wave) => sum + wave.running + wave.pending, 0);
}

function detail(event: SiteFinished): string {
  if (event.reason !== undefined) return event.reason;
  if (event.outcome === "unchanged") return "";
  const changes = Object.entries(event.changes)
    .filter(([operation, count]) => operation !== "same" && count > 0)
    .map(([operation, count]) => `${count} ${operation}`)
    .join(", ");
  const resources = plural(event.resources, "resource");
  return `${formatSeconds(event.seconds).padStart(7)}  ${resources}${changes === "" ? "" : ` (${changes})`}`;
}
