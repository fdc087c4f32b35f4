import type { Fleet, Hub, Release, ResolvedSite } from "../fleet/model";
import type { FleetPolicy } from "../fleet/policy";
import type { Found } from "../policy/judging/judge";

/** What every site of one check shares; a worker is told once. */
export interface Shared {
  readonly fleet: Pick<Fleet, "name" | "domain"> & { readonly hub: Hub };
  readonly policy: FleetPolicy | undefined;
  readonly releases: readonly Release[];
  /** ISO date. */
  readonly today: string;
  /** Objects that are judged with every site, by file; see `--manifests`. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Absolute; the output folder with the stacks' state. */
  readonly out: string;
}

/** One site to be built and judged. */
export interface SiteRequest {
  readonly site: ResolvedSite;
  /** Name of one of the shared releases. */
  readonly release: string;
}

export interface SiteAnswer {
  readonly site: string;
  readonly found: readonly Found[];
  /** Set if the site could not be built: what was thrown. */
  readonly failure?: string;
}

/** Everything that the check and its workers say to each other over Node's IPC channel (structured clones). */
export type ToWorker =
  { readonly type: "begin"; readonly shared: Shared } | { readonly type: "site"; readonly request: SiteRequest };

export type FromWorker = { readonly type: "ready" } | { readonly type: "done"; readonly answer: SiteAnswer };
