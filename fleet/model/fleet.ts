import type { Override } from "../overrides";
import type { FleetPolicy } from "../policy";
import type { Release } from "./release";
import type { Rollout } from "./rollout";
import type { ResolvedSite } from "./site";

export interface Fleet {
  readonly name: string;
  /** DNS domain under which every site has its own, such as `harbours.example`. */
  readonly domain: string;
  readonly hub: Hub;
  /** Undefined where the fleet asks for no signed images. */
  readonly imageSigning: ImageSigning | undefined;
  /** In order of name. */
  readonly sites: readonly ResolvedSite[];
  /** In order of name, the newest last. */
  readonly releases: readonly Release[];
  readonly rollouts: readonly Rollout[];
  /** In order of name. */
  readonly overrides: readonly Override[];
  /** What policy.yaml says; undefined for a fleet without one. */
  readonly policy?: FleetPolicy | undefined;
  /** Undefined if the Git repositories stay in the output folder. */
  readonly publish?: Publish | undefined;
}

/** How releases get to the hub's Gitea. */
export interface Publish {
  readonly to: "hub";
  /** Sites whose repositories are asked or written at once. */
  readonly maxConcurrency: number;
}

export interface Hub {
  /** Base URL of the hub's Gitea, without a trailing slash. */
  readonly gitUrl: string;
  /** Certificates in PEM that it is trusted by; undefined takes those of the system. */
  readonly gitAuthority?: string | undefined;
  /** `host:port` of the hub's registry; sites never pull from it, bastions do. */
  readonly registry: string;
  /** `host:port` of the hub's Kafka, where ingested messages end. */
  readonly kafkaBootstrap: string;
  /** Base URL of the hub's Prometheus, without a trailing slash; only gates ask it. */
  readonly prometheusUrl?: string | undefined;
  /** Where sites' metrics and backups end, by S3; undefined where the hub has no such store. */
  readonly objectStore?: ObjectStore | undefined;
  /** Base URL of the hub's Loki, without a trailing slash; sites keep their logs to themselves without it. */
  readonly lokiUrl?: string | undefined;
}

export interface ObjectStore {
  /** Such as `https://s3.hub.harbours.example`. */
  readonly url: string;
  readonly region: string;
  readonly metricsBucket: string;
  readonly backupsBucket: string;
}

/** By which keys images have to be signed; Kyverno asks at admission. */
export interface ImageSigning {
  /** PEM of public keys; one of them is enough. */
  readonly publicKeys: readonly string[];
  /** Images that it is asked of, such as `registry.hub.example:5000/*`. */
  readonly images: readonly string[];
}
