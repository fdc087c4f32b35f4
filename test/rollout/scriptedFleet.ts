import type { Promoter, Promotion } from "../../rollout/promoter";
import {
  type DriftResult,
  RunCancelled,
  RunFailed,
  type RunObserver,
  type RunRequest,
  type RunResult,
  SiteUnreachable,
  type StackRunner,
} from "../../rollout/stackRunner";
import type { FakeClock } from "./fakeClock";

/** How a site behaves; a site without a script takes ten seconds and succeeds. */
export interface Script {
  readonly seconds?: number;
  readonly fails?: string;
  /** Fails in its first runs only; undefined is always. */
  readonly failures?: number;
  /** Has no link: the run ends with `SiteUnreachable`. */
  readonly unreachable?: string;
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
    /** By site, or by site and how often it has been run before. */
    private readonly scripts: Readonly<Record<string, Script>> | ((site: string, runs: number) => Script) = {},
    /** Failed runs by site, of drivers before. */
    readonly failed = new Map<string, number>(),
  ) {}

  async up({ site, release, fencingToken }: RunRequest, { signal, onProgress }: RunObserver): Promise<RunResult> {
    const script = this.scriptOf(site.name);
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
      if (script.unreachable !== undefined) throw new SiteUnreachable(script.unreachable);
      const failures = this.failed.get(site.name) ?? 0;
      if (script.fails !== undefined && failures < (script.failures ?? Infinity)) {
        this.failed.set(site.name, failures + 1);
        throw new RunFailed(script.fails);
      }
      onProgress({ resources: 3 });
      this.content.set(site.name, release.name);
      return { resources: 3, changes: { create: 3 }, seconds };
    } finally {
      this.inFlight.delete(site.name);
    }
  }

  /** @param over runs of the site that are over, but count as under way. */
  private scriptOf(site: string, over = 0): Script {
    if (typeof this.scripts !== "function") return this.scripts[site] ?? {};
    return this.scripts(site, Math.max(0, (this.tokens.get(site)?.length ?? 0) - over));
  }

  /** The process that ran the sites is gone. */
  killed(): void {
    this.inFlight.clear();
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
    const failure = this.scriptOf(site, 1).promotionFails;
    if (failure !== undefined) throw new Error(failure);
    const from = this.promoted.get(site) ?? "none";
    this.promoted.set(site, release);
    return { site, from, to: release, moved: from !== release };
  }
}
