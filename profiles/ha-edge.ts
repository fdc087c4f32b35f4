import type { Profile } from "./profile";
import { workload } from "./workload";

/** Three dedicated control planes and at least four workers; every part that can has replicas on several nodes. */
export const haEdge: Profile = {
  name: "ha-edge",
  description: "three control planes and 4 or more workers of at least 32 CPUs and 64 GB",
  nodes: { controlPlanes: { min: 3, max: 3 }, workers: { min: 4, max: Infinity }, controlPlaneWorks: false },
  // 64 GB as sold.
  machine: { cpu: 32, memoryMiB: 61440, diskGiB: 900 },
  reserved: {
    system: { cpuMillis: 500, memoryMiB: 1024 },
    kube: { cpuMillis: 300, memoryMiB: 1024 },
    evictionMemoryMiB: 500,
  },
  controlPlane: { cpuMillis: 2000, memoryMiB: 4096 },
  platformShare: 1 / 3,
  leftForWorkloadsMiB: 16384,
  buffer: "strimzi",
  workloads: {
    calico: workload(250, 256, { memoryLimit: 768 }),
    coredns: workload(100, 70, { memoryLimit: 300, replicas: 2 }),
    "local-path-provisioner": workload(10, 32),
    "flux-source-controller": workload(100, 128, { memoryLimit: 1024, cpuLimit: 2000, storage: 10 }),
    "flux-kustomize-controller": workload(200, 192, { memoryLimit: 1024, cpuLimit: 2000 }),
    "flux-helm-controller": workload(200, 384, { memoryLimit: 1024, cpuLimit: 2000 }),
    "flux-notification-controller": workload(50, 64, { memoryLimit: 256 }),
    gitea: workload(400, 512, { memoryLimit: 2048, cpuLimit: 4000, storage: 50 }),
    rabbitmq: workload(1000, 1536, { memoryLimit: 3072, cpuLimit: 4000, storage: 50, replicas: 3 }),
    forwarder: workload(200, 256, { memoryLimit: 768, cpuLimit: 2000, storage: 5, replicas: 2 }),
    "strimzi-operator": workload(200, 384, { memoryLimit: 384, cpuLimit: 1000, replicas: 2 }),
    kafka: workload(1000, 4096, { memoryLimit: 8192, cpuLimit: 4000, storage: 250, replicas: 3 }),
    "kafka-entity-operator": workload(100, 512, { memoryLimit: 768 }),
    "mqtt-bridge": workload(100, 256, { memoryLimit: 512, cpuLimit: 1000, replicas: 2 }),
    "mirror-maker": workload(400, 1024, { memoryLimit: 2048, cpuLimit: 2000, replicas: 2 }),
    "prometheus-operator": workload(100, 128, { memoryLimit: 256 }),
    prometheus: workload(500, 2048, { memoryLimit: 6144, cpuLimit: 4000, storage: 100, replicas: 2 }),
    "thanos-sidecar": workload(10, 64, { memoryLimit: 192, cpuLimit: 500, replicas: 2 }),
    alertmanager: workload(20, 64, { memoryLimit: 128, storage: 1, replicas: 2 }),
    "kube-state-metrics": workload(50, 192, { memoryLimit: 384 }),
    "node-exporter": workload(50, 32, { memoryLimit: 64 }),
    grafana: workload(50, 256, { memoryLimit: 512, cpuLimit: 500 }),
    loki: workload(400, 1024, { memoryLimit: 4096, cpuLimit: 4000, storage: 150 }),
    // Of the node's own disk, for logs on their way to the hub.
    "log-collector": workload(100, 192, { memoryLimit: 512, cpuLimit: 1000, storage: 48 }),
    kyverno: workload(200, 384, { memoryLimit: 1024, cpuLimit: 2000, replicas: 3 }),
    "cert-manager": workload(50, 192, { memoryLimit: 384 }),
    velero: workload(200, 512, { memoryLimit: 2048, cpuLimit: 2000 }),
    "s3-gateway": workload(100, 192, { memoryLimit: 512, storage: 150 }),
    "site-reporter": workload(20, 64, { memoryLimit: 192, cpuLimit: 1000 }),
    // The hash of a password takes a quarter of a second of a core.
    dex: workload(20, 64, { memoryLimit: 192, cpuLimit: 500, replicas: 2 }),
  },
  flux: { sourceInterval: "5m", kustomizationInterval: "5m" },
  reportMinutes: 5,
  retentionHours: 720,
  observability: { series: 200_000, logBytesPerSecond: 100_000 },
};
