/** The site's bastion is asked whether it has the release's content. */
export interface SiteStaging {
  readonly type: "site-staging";
  readonly site: string;
}

/** What a bastion said. */
export interface SiteStaged {
  readonly type: "site-staged";
  readonly site: string;
  /** What proves that the content is present; absent if it is not. */
  readonly proof?: string;
  /** For people; what is missing, or why it could not be found out. */
  readonly missing?: string;
  /** When to ask again, if it is not present. */
  readonly until?: number;
}

export interface SiteStarted {
  readonly type: "site-started";
  readonly site: string;
  /** From 1; grows when a killed or cancelled run of the site is repeated. */
  readonly attempt: number;
  /** Fencing token, grows with every run of the site in any rollout. */
  readonly token: number;
  /** Where the site is taken if not to the rollout's release: of a rollback. */
  readonly release?: string;
}

/** A started site waits for the driver's machine, such as for memory, or goes on. */
export interface SiteWaiting {
  readonly type: "site-waiting";
  readonly site: string;
  /** For people; absent once it goes on. */
  readonly reason?: string;
}

/** A release on the way is reached. */
export interface SiteHopped {
  readonly type: "site-hopped";
  readonly site: string;
  readonly release: string;
  readonly success?: SiteSuccess;
}

export interface SitePromoted {
  readonly type: "site-promoted";
  readonly site: string;
  /** Full commit ids. */
  readonly from: string;
  readonly to: string;
  /** False if the site's branch was there already. */
  readonly moved: boolean;
}

/** The site's run is done and its gates are next; what `SiteFinished` will say. */
export interface SiteApplied {
  readonly type: "site-applied";
  readonly site: string;
  readonly seconds: number;
  readonly resources: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
  readonly success?: SiteSuccess;
}

/** A run failed and is repeated. */
export interface SiteRetryScheduled {
  readonly type: "site-retry-scheduled";
  readonly site: string;
  readonly reason: string;
  /** Milliseconds since the epoch, before which it is not started. */
  readonly until: number;
}

/** How a site ended. `deferred` is neither a success nor a failure: the site had no link. */
export type Outcome = "succeeded" | "unchanged" | "failed" | "deferred" | "skipped" | "cancelled" | "rolled-back";

export const outcomes: readonly Outcome[] = [
  "succeeded",
  "unchanged",
  "failed",
  "deferred",
  "skipped",
  "cancelled",
  "rolled-back",
];

export interface SiteFinished {
  readonly type: "site-finished";
  readonly site: string;
  readonly outcome: Outcome;
  /** For people; always there for an outcome other than `succeeded` and `unchanged`. */
  readonly reason?: string;
  /** Of the engine's run, 0 if there was none. */
  readonly seconds: number;
  readonly resources: number;
  /** By operation, as Pulumi names them. */
  readonly changes: Readonly<Record<string, number>>;
  /** What the runner did beside the run, such as a repair of an interrupted one. */
  readonly notes?: readonly string[];
  /** Of a success: what is compared the next time to find the site unchanged. */
  readonly success?: SiteSuccess;
}

/** The last thing that is known to be true of a site. */
export interface SiteSuccess {
  readonly desiredHash: string;
  readonly release: string;
  /** From `StackRunner.evidence`. */
  readonly evidence: string;
  readonly token: number;
  readonly resources: number;
  /** When the site was last changed, in milliseconds since the epoch; an unchanged site keeps the time it had. */
  readonly changedAt: number;
}
