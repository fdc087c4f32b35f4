import type { Release, ResolvedSite } from "../fleet/model";

/** What has to come over a site's link before the site can be brought to a release. */
export interface Transfer {
  /** Compressed, of the images that the site's bastion has not been seen to have. */
  readonly bytes: number;
  /** At the whole of the site's `link.bandwidth`. */
  readonly seconds: number;
}

/** As much of a site as its transfer depends on. */
export type TransferSite = Pick<ResolvedSite, "name" | "target" | "architecture"> & {
  readonly link: Pick<ResolvedSite["link"], "bandwidthMbit">;
};

/**
 * By site, for those that fetch anything: sites that are only rendered do not, nor does anybody where the release's lock
 * tells no sizes. Every image of the lock counts, because that is what a bastion is filled with and asked for; those that
 * the release before had by the same digest do not. Layers that different images share count for each, so it is a bound.
 * @param releaseBefore the release that a site has now; undefined if there is none, or if it cannot be known.
 */
export function transfersOf(
  sites: readonly TransferSite[],
  release: Release,
  releaseBefore: (site: string) => Release | undefined,
): ReadonlyMap<string, Transfer> {
  // Sites of one architecture that come from one release fetch the same.
  const known = new Map<string, number>();
  const bytesFor = ({ name, architecture }: TransferSite): number => {
    const before = releaseBefore(name);
    const key = `${architecture} ${before?.name ?? ""}`;
    const bytes = known.get(key) ?? bytesBetween(before, release, architecture);
    known.set(key, bytes);
    return bytes;
  };
  return new Map(
    sites.flatMap((site) => {
      const bytes = site.target === "render" ? 0 : bytesFor(site);
      if (bytes === 0) return [];
      return [[site.name, { bytes, seconds: (bytes * 8) / (site.link.bandwidthMbit * 1_000_000) }] as const];
    }),
  );
}

function bytesBetween(
  before: Release | undefined,
  release: Release,
  architecture: TransferSite["architecture"],
): number {
  const old = before?.lock?.digests ?? {};
  return Object.entries(release.lock?.digests ?? {}).reduce((sum, [repository, image]) => {
    const own = image[architecture];
    const isThere = own === undefined || own === old[repository]?.[architecture];
    return isThere ? sum : sum + (image.bytes?.[architecture] ?? 0);
  }, 0);
}
