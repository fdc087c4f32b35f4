import type { Architecture } from "../fleet/model";

/** Something a release may use, at one version. */
export interface CatalogComponent {
  /** Such as `gitea`; what a release's `components` names. */
  readonly name: string;
  readonly version: string;
  /** Where the project lives, for people. */
  readonly source: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly architectures: readonly Architecture[];
  /** Container images, by a short name that the component's users ask for. */
  readonly images: Readonly<Record<string, CatalogImage>>;
  /** Helm chart, for what Flux installs. */
  readonly chart: CatalogChart | undefined;
  /** Why nothing installs it any more: releases from before may still name it. */
  readonly unused?: string;
}

export interface CatalogImage {
  /** With its registry, such as `docker.gitea.com/gitea`. */
  readonly repository: string;
  readonly tag: string;
  /** Run by whoever drives a rollout and never on a node: the sites' architectures ask nothing of it. */
  readonly forDriver?: boolean;
}

export interface CatalogChart {
  /** `oci://` or `https://` address of the upstream repository. */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** Where its values size the containers that it runs at a site: paths of blocks with `requests` and `limits`. */
  readonly sizes: readonly ValuePath[];
  /**
   * Images that it hands to an operator instead of running them, by their short names: where its values take the hexadecimal
   * digits of the digest. Those that it runs are named by Flux, whatever the chart's values can say.
   */
  readonly operatorImages?: Readonly<Record<string, ValuePath>>;
}

/** Keys from the root of a chart's values. */
export type ValuePath = readonly [string, ...string[]];
