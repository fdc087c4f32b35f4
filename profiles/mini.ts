import type { Profile } from "./profile";
import { workload } from "./workload";

/** A control plane and one or two workers; a single worker must carry the whole platform. */
export const mini: Profile = {
  name: "mini",
  description: "one control plane and 1-2 workers of 8 CPUs and 16 GB",
  nodes: { controlPlanes: { min: 1, max: 1 }, workers: { min: 1, max: 2 }, controlPlaneWorks: false },
  // 16 GB as sold.
  machine: { cpu: 8, memoryMiB: 15360, diskGiB: 220 },
  reserved: {
    system: { cpuMillis: 200, memoryMiB: 384 },
    kube: { cpuMillis: 100, memoryMiB: 256 },
    evictionMemoryMiB: 200,
  },
  controlPlane: { cpuMillis: 650, memoryMiB: 1600 },
  platformShare: 1 / 2,
  leftForWorkloadsMiB: 4096,
  buffer: "strimzi",
  workloads: {
    calico: workload(150, 160, { memoryLimit: 512 }),
    coredns: workload(100, 70, { memoryLimit: 300 }),
    "local-path-provisioner": workload(10, 32),
    "flux-source-controller": workload(50, 64, { memoryLimit: 512, cpuLimit: 1000, storage: 2 }),
    "flux-kustomize-controller": workload(100, 64, { memoryLimit: 512, cpuLimit: 1000 }),
    "flux-helm-controller": workload(100, 192, { memoryLimit: 768, cpuLimit: 1000 }),
    "flux-notification-controller": workload(50, 48, { memoryLimit: 256 }),
    gitea: workload(100, 256, { memoryLimit: 768, cpuLimit: 1000, storage: 10 }),
    rabbitmq: workload(200, 512, { memoryLimit: 768, cpuLimit: 1000, storage: 20 }),
    forwarder: workload(50, 128, { memoryLimit: 256, cpuLimit: 500, storage: 1 }),
    "strimzi-operator": workload(200, 384, { memoryLimit: 384, cpuLimit: 1000 }),
    kafka: workload(400, 1024, { memoryLimit: 1536, cpuLimit: 2000, storage: 60 }),
    "kafka-entity-operator": workload(50, 400, { memoryLimit: 512 }),
    "mqtt-bridge": workload(50, 256, { memoryLimit: 256, cpuLimit: 500 }),
    "mirror-maker": workload(100, 768, { memoryLimit: 1024, cpuLimit: 1000 }),
    "prometheus-operator": workload(50, 64, { memoryLimit: 128 }),
    prometheus: workload(250, 640, { memoryLimit: 1536, cpuLimit: 1000, storage: 20 }),
    "thanos-sidecar": workload(10, 64, { memoryLimit: 192, cpuLimit: 500 }),
    alertmanager: workload(20, 48, { memoryLimit: 96, storage: 1 }),
    "kube-state-metrics": workload(20, 64, { memoryLimit: 128 }),
    "node-exporter": workload(20, 32, { memoryLimit: 64 }),
    grafana: workload(50, 192, { memoryLimit: 384, cpuLimit: 500 }),
    loki: workload(100, 384, { memoryLimit: 1024, cpuLimit: 1000, storage: 20 }),
    // Of the node's own disk, for logs on their way to the hub.
    "log-collector": workload(50, 128, { memoryLimit: 256, cpuLimit: 500, storage: 16 }),
    kyverno: workload(130, 320, { memoryLimit: 768, cpuLimit: 1000 }),
    "cert-manager": workload(30, 144, { memoryLimit: 288 }),
    velero: workload(100, 256, { memoryLimit: 768, cpuLimit: 1000 }),
    "s3-gateway": workload(50, 96, { memoryLimit: 256, storage: 40 }),
    "site-reporter": workload(20, 48, { memoryLimit: 128, cpuLimit: 500 }),
    // The hash of a password takes a quarter of a second of a core.
    dex: workload(20, 64, { memoryLimit: 192, cpuLimit: 500 }),
  },
  flux: { sourceInterval: "15m", kustomizationInterval: "15m" },
  reportMinutes: 15,
  retentionHours: 168,
  observability: { series: 30_000, logBytesPerSecond: 30_000 },
};
