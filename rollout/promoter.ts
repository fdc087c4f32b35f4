/** Moves what a site's Flux follows to a release, by compare-and-swap on a Git ref. Implemented in `gitops/`. */
export interface Promoter {
  /**
   * Moves the site's branch `deploy` to the commit of `release/<release>`. Does nothing if it is there already.
   * @throws if the release's branch is missing, or somebody else moved the branch in between.
   */
  promote(site: string, release: string): Promise<Promotion>;
}

export interface Promotion {
  readonly site: string;
  /** Full commit ids. */
  readonly from: string;
  readonly to: string;
  readonly moved: boolean;
}
