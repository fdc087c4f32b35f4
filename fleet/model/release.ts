import type { Architecture, SourcePosition } from "./words";

export interface Release {
  /** Such as `2026.11.0`. */
  readonly name: string;
  /** ISO date, the date of the release's commits. */
  readonly date: string;
  /** Without a leading `v`, such as `1.35.4`. */
  readonly kubernetes: string;
  /** Tag, such as `v2.31.0`. */
  readonly kubespray: string;
  /** Versions by the catalog's component names. */
  readonly components: Readonly<Record<string, string>>;
  /** Digests of images and charts from `release lock`; undefined while the release is not locked. */
  readonly lock: ReleaseLock | undefined;
  readonly source: SourcePosition;
}

export interface ReleaseLock {
  /** The release that was locked. */
  readonly release: string;
  /** By image repository with its registry, such as `quay.io/calico/node`. */
  readonly digests: Readonly<Record<string, LockedImage>>;
  /** By the chart's name; undefined in a lock from before charts were locked. */
  readonly charts: Readonly<Record<string, LockedChart>> | undefined;
}

/** What the hub's registry said that a chart is; both digests are `sha256:...`. */
export interface LockedChart {
  readonly version: string;
  /** Upstream repository that the chart is from, by the catalog. */
  readonly source: string;
  /** Of the OCI manifest, which Flux pulls by. */
  readonly digest: string;
  /** Of the packed chart in it: what the `index.yaml` of an upstream Helm repository calls its digest. */
  readonly archive: string;
}

/** What a registry said that a tag is; every digest is `sha256:...`. An architecture without a digest is not there. */
export interface LockedImage extends Readonly<Partial<Record<Architecture, string>>> {
  /** The tag that the registry was asked for. */
  readonly tag: string;
  /** What the tag named: the image index, or the manifest itself if the image has only one. */
  readonly index: string;
  /** Bytes of an architecture's whole image as the registry keeps it: compressed. Absent in locks of before it was asked. */
  readonly bytes?: Readonly<Partial<Record<Architecture, number>>> | undefined;
}
