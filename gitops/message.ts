import type { Release } from "../fleet/model";
import type { CommitDraft } from "./git/importCommits";

/** Seconds since the epoch of a release's date, which is read as UTC. @throws RangeError if it is no ISO 8601 date */
export function secondsOf(release: Pick<Release, "name" | "date">): number {
  // A date without a zone means local time to Date.parse, and a commit must not depend on where it is made.
  const zoned = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:?\d{2}))?$/.test(release.date);
  const milliseconds = zoned ? Date.parse(release.date) : NaN;
  if (!(milliseconds >= 0)) {
    throw new RangeError(
      `Release ${release.name} has the date ${JSON.stringify(release.date)}, which is no date of a commit. ` +
        "Write an ISO date since 1970 such as 2026-11-02, or a date and time with its zone.",
    );
  }
  return Math.floor(milliseconds / 1000);
}

/** Message of the fleet's commit of a release. */
export function fleetMessage(fleet: string, release: Release, sites: number): string {
  return [
    `Release ${release.name} of ${fleet}`,
    "",
    `Rendered for ${sites} ${sites === 1 ? "site" : "sites"}: Kubernetes ${release.kubernetes}, Kubespray ${release.kubespray}.`,
    release.lock === undefined ? "The release is not locked: images are named by tag." : "The release is locked.",
    "",
    `Release: ${release.name}`,
  ].join("\n");
}

/** Message of a site's cut; the trailers tell where it came from. */
export function siteMessage(site: string, release: Pick<Release, "name">, fleetCommit: string): string {
  return [
    `Release ${release.name} for ${site}`,
    "",
    "Cut from the fleet's commit below; holds only what this site needs.",
    "",
    `Fleet-Commit: ${fleetCommit}`,
    `Release: ${release.name}`,
  ].join("\n");
}

/**
 * The root of every deploy repository, without files, so that Flux has a branch to follow before the first promotion.
 * It belongs to no release and no site and has the same id everywhere, for each key that signs.
 */
export const deployRoot: CommitDraft = {
  parent: undefined,
  date: 0,
  message: "Begin deploy\n\nNothing is promoted yet.",
  files: [],
};
