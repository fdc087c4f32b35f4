import type { Outcome, RolloutResult } from "../rollout/events";

/** Everything that a report shows; plain data, all times in milliseconds since the epoch. */
export interface ReportData {
  readonly fleet: string;
  readonly rollout: string;
  readonly run: string;
  readonly release: { readonly name: string; /** Whether its image digests are locked. */ readonly locked: boolean };
  readonly result: RolloutResult | "interrupted" | "running";
  readonly startedAt: number;
  /** Of the last event. */
  readonly endedAt: number;
  /** How often a driver took the run over from an earlier one. */
  readonly resumes: number;
  readonly halt: { readonly at: number; readonly reason: string } | undefined;
  readonly waves: readonly ReportWave[];
  /** In the order of waves and starts. */
  readonly sites: readonly ReportSite[];
  readonly unassigned: readonly { readonly site: string; readonly reason: string }[];
}

export interface ReportWave {
  readonly name: string;
  readonly canary: boolean;
  readonly maxConcurrency: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly soak: { readonly from: number; readonly until: number } | undefined;
  /** What the wave as a whole was asked, in order. */
  readonly gates: readonly ReportGate[];
}

export interface ReportGate {
  readonly name: string;
  /** `open` has no verdict yet. */
  readonly verdict: "pass" | "fail" | "inconclusive" | "accepted" | "open";
  readonly detail: string;
}

export interface ReportSite {
  readonly name: string;
  readonly wave: string;
  readonly region: string;
  readonly profile: string;
  readonly architecture: string;
  /** `waiting` and `running` are those of a rollout that has not ended. */
  readonly outcome: Outcome | "waiting" | "running";
  /** Undefined for a site that was not run. */
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** Of the engine's run. */
  readonly seconds: number;
  readonly resources: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly reason: string | undefined;
  readonly notes: readonly string[];
  /** Commit that the site's branch points to, if it was promoted. */
  readonly commit: string | undefined;
}
