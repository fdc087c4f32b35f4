import type { Release, ResolvedSite } from "../../fleet/model";
import type { Condition } from "./condition";

/** What an admission controller is asked to enforce: the same that the rule itself checks. */
export interface Admission {
  /** What holds at a site that has a release; where nobody knows the site, what holds at all of them. */
  readonly conditionsAt: (place: AdmissionPlace | undefined) => readonly Condition[];
}

/** Where policies are enforced. */
export interface AdmissionPlace {
  readonly site: ResolvedSite;
  readonly release: Release;
}
