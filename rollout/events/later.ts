import type { FrozenSite, RolloutStarted } from "./start";

/** What a site told after its run, be it weeks later. */
export interface EvidenceRecorded {
  readonly type: "evidence-recorded";
  readonly site: string;
  readonly result: "pass" | "fail";
  /** For people. */
  readonly detail: string;
  readonly by: string;
}

/** A deferred site is not waited for any longer. */
export interface DeferralExpired {
  readonly type: "deferral-expired";
  readonly site: string;
}

/** Sites that have an outcome are taken up again, with what was frozen when the run started. */
export interface RolloutReopened {
  readonly type: "rollout-reopened";
  readonly kind: "retry" | "catch-up";
  readonly by: string;
  readonly sites: readonly string[];
  /** Of a retry: waves whose gates are asked again. */
  readonly waves?: readonly string[];
  /** Of a catch-up: the sites as they are now. */
  readonly frozen?: readonly FrozenSite[];
  readonly before?: RolloutStarted["before"];
}

/** Sites go back to the release that each of them had, the last wave first. */
export interface RollbackStarted {
  readonly type: "rollback-started";
  readonly by: string;
  readonly reason: string;
  /** The wave that is taken back; absent: all of them. */
  readonly wave?: string;
  readonly sites: readonly { readonly site: string; readonly release: string }[];
  /** Sites that stay as they are, with the reason. */
  readonly without: readonly { readonly site: string; readonly reason: string }[];
}
