import { createHash } from "node:crypto";
import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { canonicalJson } from "../rollout/canonicalJson";
import { desiredHash } from "../rollout/desiredHash";

export interface SiteKeyInputs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Fleet;
  /** Digest of the program: what builds sites, and the rules. */
  readonly programDigest: string;
  /** Objects that are judged with every site, by file. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Changes when the site's last checkpoint does; undefined if there is none. */
  readonly checkpoint: string | undefined;
}

/**
 * Hex SHA-256 over all that decides what the rules find at a site. Levels and exemptions are left out: they are applied
 * to what was found. So is the day: no rule that looks at a site's resources asks for it.
 */
export function siteKey({ site, release, fleet, programDigest, manifests, checkpoint }: SiteKeyInputs): string {
  const desired = desiredHash({ site, release, fleet, signers: [], programDigest });
  const settings = Object.fromEntries(
    Object.entries(fleet.policy?.rules ?? {})
      .filter(([, choice]) => Object.keys(choice.settings).length > 0)
      .map(([rule, choice]) => [rule, choice.settings]),
  );
  return createHash("sha256")
    .update(canonicalJson({ desired, settings, manifests: [...manifests], checkpoint: checkpoint ?? null }))
    .digest("hex");
}
