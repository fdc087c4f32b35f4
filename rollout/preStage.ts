import type { Fleet, Release, ResolvedSite } from "../fleet/model";

/**
 * Proves that a release's content is on the site's side before its window opens, so that the window is not spent on a
 * slow link. Implemented in `probes/`.
 */
export interface PreStager {
  /**
   * Looks once.
   * @throws Error if it cannot be found out, such as while the bastion does not answer: that is no proof of either.
   */
  prove(request: PreStageRequest, signal: AbortSignal): Promise<PreStageProof>;
}

export interface PreStageRequest {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** Full id of the commit that the release is for this site; undefined takes the branch as it is. */
  readonly commit: string | undefined;
}

export type PreStageProof =
  | {
      readonly present: true;
      /** One line for people: what was found. */
      readonly proof: string;
    }
  | {
      readonly present: false;
      /** Each a line for people. */
      readonly missing: readonly string[];
    };
