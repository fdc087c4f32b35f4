import type { Profile } from "./profile";
import { workload } from "./workload";

/** Three dedicated control planes and at least two workers; what must not stop has a replica on each of two nodes. */
export const standard: Profile = {
  name: "standard",
  description: "three control planes and 2-4 workers of 16 CPUs and 32 GB",
  nodes: { controlPlanes: { min: 3, max: 3 }, workers: { min: 2, max: 4 }, controlPlaneWorks: false },
  // 32 GB as sold.
  machine: { cpu: 16, memoryMiB: 30720, diskGiB: 440 },
  reserved: {
    system: { cpuMillis: 300, memoryMiB: 512 },
    kube: { cpuMillis: 200, memoryMiB: 512 },
    evictionMemoryMiB: 300,
  },
  controlPlane: { cpuMillis: 1000, memoryMiB: 2560 },
  platformShare: 1 / 3,
  leftForWorkloadsMiB: 8192,
  buffer: "strimzi",
  workloads: {
    calico: workload(150, 192, { memoryLimit: 512 }),
    coredns: workload(100, 70, { memoryLimit: 300, replicas: 2 }),
    "local-path-provisioner": workload(10, 32),
    "flux-source-controller": workload(50, 96, { memoryLimit: 1024, cpuLimit: 1000, storage: 5 }),
    "flux-kustomize-controller": workload(100, 96, { memoryLimit: 1024, cpuLimit: 1000 }),
    "flux-helm-controller": workload(100, 256, { memoryLimit: 1024, cpuLimit: 1000 }),
    "flux-notification-controller": workload(50, 64, { memoryLimit: 256 }),
    gitea: workload(200, 384, { memoryLimit: 1024, cpuLimit: 2000, storage: 20 }),
    rabbitmq: workload(400, 768, { memoryLimit: 1536, cpuLimit: 2000, storage: 30 }),
    forwarder: workload(100, 192, { memoryLimit: 512, cpuLimit: 1000, storage: 2 }),
    "strimzi-operator": workload(200, 384, { memoryLimit: 384, cpuLimit: 1000 }),
    // A quorum of three; while there are only two workers, two of them share a node.
    kafka: workload(500, 1024, { memoryLimit: 2048, cpuLimit: 2000, storage: 80, replicas: 3 }),
    "kafka-entity-operator": workload(50, 400, { memoryLimit: 512 }),
    "mqtt-bridge": workload(50, 256, { memoryLimit: 256, cpuLimit: 500 }),
    "mirror-maker": workload(200, 768, { memoryLimit: 1024, cpuLimit: 1000 }),
    "prometheus-operator": workload(50, 96, { memoryLimit: 192 }),
    prometheus: workload(300, 896, { memoryLimit: 3072, cpuLimit: 2000, storage: 50 }),
    "thanos-sidecar": workload(10, 64, { memoryLimit: 192, cpuLimit: 500 }),
    alertmanager: workload(20, 64, { memoryLimit: 128, storage: 1 }),
    "kube-state-metrics": workload(20, 96, { memoryLimit: 192 }),
    "node-exporter": workload(20, 32, { memoryLimit: 64 }),
    grafana: workload(50, 128, { memoryLimit: 256, cpuLimit: 500 }),
    loki: workload(200, 448, { memoryLimit: 2048, cpuLimit: 2000, storage: 50 }),
    // Of the node's own disk, for logs on their way to the hub.
    "log-collector": workload(50, 128, { memoryLimit: 384, cpuLimit: 500, storage: 12 }),
    kyverno: workload(130, 320, { memoryLimit: 768, cpuLimit: 1000, replicas: 2 }),
    "cert-manager": workload(30, 144, { memoryLimit: 288 }),
    velero: workload(100, 288, { memoryLimit: 1024, cpuLimit: 1000 }),
    "s3-gateway": workload(50, 128, { memoryLimit: 256, storage: 80 }),
    "site-reporter": workload(20, 48, { memoryLimit: 192, cpuLimit: 1000 }),
    // The hash of a password takes a quarter of a second of a core.
    dex: workload(20, 64, { memoryLimit: 192, cpuLimit: 500, replicas: 2 }),
  },
  flux: { sourceInterval: "10m", kustomizationInterval: "10m" },
  reportMinutes: 10,
  retentionHours: 336,
  observability: { series: 80_000, logBytesPerSecond: 25_000 },
};
