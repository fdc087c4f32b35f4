import type { Promoter, Promotion } from "../../rollout/promoter";
import {
  type DriftResult,
  RunCancelled,
  RunFailed,
  type RunObserver,
  type RunRequest,
  type RunResult,
  type StackRunner,
} from "../../rollout/stackRunner";
import type { FakeClock } from "./fakeClock";

/** How a site behaves; a site without a script takes ten seconds and succeeds. */
export interface Script {
  readonly seconds?: number;
  readonly fails?: string;
  /** Runs until it is asked to stop. */
  readonly hangs?: boolean;
  /** Does not even stop when it is asked to. */
  readonly deaf?: boolean;
  readonly promotionFails?: string;
}

/** Sites that behave as scripted, and remember everything that a driver did to them. */
export class ScriptedFleet implements StackRunner, Promoter {
  readonly runs: string[] = [];
  readonly tokens = new Map<string, number[]>();
  readonly promoted = new Map<string, string>();
  /** What the sites have been brought to; tests change it to tamper. */
  readonly content = new Map<string, string>();
  readonly inFlight = new Set<string>();
  mostInFlight = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly scripts: Readonly<Record<string, Script>> = {},
  ) {}

  async up({ site, release, fencingToken }: RunRequest, { signal, onProgress }: RunObserver): Promise<RunResult> {
    const script = this.scripts[site.name] ?? {};
    if (this.inFlight.has(site.name)) throw new Error(`${site.name} was run twice at once`);
    this.runs.push(site.name);
    this.tokens.set(site.name, [...(this.tokens.get(site.name) ?? []), fencingToken]);
    this.inFlight.add(site.name);
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.size);
    const seconds = script.seconds ?? 10;
    const stop = script.deaf === true ? new AbortController().signal : signal;
    const forever = script.hangs === true || script.deaf === true;
    try {
      if (forever) await new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve()));
      else await this.clock.until(this.clock.now() + seconds * 1000, stop);
      if (signal.aborted) throw new RunCancelled("stopped");
      if (script.fails !== undefined) throw new RunFailed(script.fails);
      onProgress({ resources: 3 });
      this.content.set(site.name, release.name);
      return { resources: 3, changes: { create: 3 }, seconds };
    } finally {
      this.inFlight.delete(site.name);
    }
  }

  preview(): Promise<RunResult> {
    return Promise.reject(new Error("the driver does not preview"));
  }

  destroy(): Promise<RunResult> {
    return Promise.reject(new Error("the driver does not destroy"));
  }

  drift(): Promise<DriftResult> {
    return Promise.reject(new Error("the driver does not compare"));
  }

  async evidence(site: string): Promise<string | undefined> {
    const content = this.content.get(site);
    return content === undefined ? undefined : `evidence of ${site} at ${content}`;
  }

  async close(): Promise<void> {}

  async promote(site: string, release: string): Promise<Promotion> {
    const failure = this.scripts[site]?.promotionFails;
    if (failure !== undefined) throw new Error(failure);
    const from = this.promoted.get(site) ?? "none";
    this.promoted.set(site, release);
    return { site, from, to: release, moved: from !== release };
  }
}
