import { createHash } from "node:crypto";

import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { canonicalJson } from "./canonicalJson";

export interface DesiredInputs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** Public keys that the site trusts releases by, in any order. */
  readonly signers: readonly string[];
  /** Digest of the program that turns the rest into resources; see `programDigest`. */
  readonly programDigest: string;
}

/**
 * Hex SHA-256 over all that decides what a site becomes. Three things are left out because they decide nothing: where
 * the site and the release are written down, whether the site has a link at the moment, and when it may be changed.
 */
export function desiredHash({ site, release, fleet, signers, programDigest }: DesiredInputs): string {
  const desired = {
    site: { ...site, source: undefined, offline: undefined, maintenance: undefined },
    release: { ...release, source: undefined },
    fleet: { name: fleet.name, domain: fleet.domain, hub: fleet.hub },
    signers: [...signers].sort(),
    programDigest,
  };
  return createHash("sha256").update(canonicalJson(desired)).digest("hex");
}
