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
  const text = [
    `"fleet":${onceCanonical(fleet, decisiveFleet)}`,
    `"programDigest":${canonicalJson(programDigest)}`,
    `"release":${onceCanonical(release, (all) => ({ ...all, source: undefined }))}`,
    `"signers":${canonicalJson([...signers].sort())}`,
    `"site":${canonicalJson({ ...site, source: undefined, offline: undefined, maintenance: undefined })}`,
  ];
  return createHash("sha256")
    .update(`{${text.join(",")}}`)
    .digest("hex");
}

/** Gates ask the hub's Prometheus; no site is made of it. */
function decisiveFleet({ name, domain, hub: { prometheusUrl: _, ...hub } }: DesiredInputs["fleet"]): object {
  return { name, domain, hub };
}

/** What all sites of a rollout share; written out for each of ten thousand it would take most of the time. */
const written = new WeakMap<object, string>();

function onceCanonical<T extends object>(value: T, decisive: (value: T) => object): string {
  const text = written.get(value) ?? canonicalJson(decisive(value));
  written.set(value, text);
  return text;
}
