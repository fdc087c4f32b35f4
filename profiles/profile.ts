import type { IngestionBuffer, ProfileName } from "../fleet/model";

export interface Resources {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

export interface Range {
  readonly min: number;
  /** Infinity for no upper end. */
  readonly max: number;
}

/** What one part of the platform gets on a site of this profile. */
export interface Workload {
  readonly replicas: number;
  /** Of each replica. */
  readonly requests: Resources;
  readonly limits: Resources;
  /** Size of each replica's volume; 0 for none. */
  readonly storageGiB: number;
}

/** Every part of the platform that takes memory on a node. */
export type WorkloadName =
  | "calico"
  | "coredns"
  | "local-path-provisioner"
  | "flux-source-controller"
  | "flux-kustomize-controller"
  | "flux-helm-controller"
  | "flux-notification-controller"
  | "gitea"
  | "rabbitmq"
  | "forwarder"
  | "strimzi-operator"
  | "kafka"
  | "kafka-entity-operator"
  | "mqtt-bridge"
  | "mirror-maker"
  | "prometheus-operator"
  | "prometheus"
  | "alertmanager"
  | "kube-state-metrics"
  | "node-exporter"
  | "loki"
  | "log-collector"
  | "kyverno"
  | "cert-manager"
  | "velero"
  | "s3-gateway"
  | "thanos-sidecar"
  | "grafana"
  | "dex"
  | "site-reporter";

/** A size class. A built-in one is data in a file of its own; nothing in it is about a single site. */
export interface Profile {
  readonly name: ProfileName;
  readonly description: string;
  readonly nodes: {
    readonly controlPlanes: Range;
    readonly workers: Range;
    /** Control-plane nodes carry workloads too and have no taint. */
    readonly controlPlaneWorks: boolean;
  };
  /** What each node must have at least. */
  readonly machine: { readonly cpu: number; readonly memoryMiB: number; readonly diskGiB: number };
  /** Kept back on each node. */
  readonly reserved: {
    readonly system: Resources;
    readonly kube: Resources;
    /** `memory.available` below which the kubelet evicts. */
    readonly evictionMemoryMiB: number;
  };
  /** On a control-plane node beyond `reserved`: etcd, API server, controller manager, scheduler, kube-proxy. */
  readonly controlPlane: Resources;
  /** Memory on a node that the platform may take at most, as a share of the machine's. */
  readonly platformShare: number;
  /** Memory on each node that must stay free for the site's own workloads, page cache and peaks. */
  readonly leftForWorkloadsMiB: number;
  /** What ingestion buffers in, unless a site asks for another. */
  readonly buffer: IngestionBuffer;
  /** What runs; a part that is not there is off in this profile. */
  readonly workloads: Readonly<Partial<Record<WorkloadName, Workload>>>;
  /** Intervals of Flux, in Go's notation such as `30m`. */
  readonly flux: { readonly sourceInterval: string; readonly kustomizationInterval: string };
  /** Minutes from one report of the site to the next; a divisor of 60. */
  readonly reportMinutes: number;
  /** Time that metrics and logs stay on the site. */
  readonly retentionHours: number;
  /** What a site of this size brings, unless it says otherwise; estimates. */
  readonly observability: { readonly series: number; readonly logBytesPerSecond: number };
}
