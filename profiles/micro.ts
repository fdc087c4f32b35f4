import type { Profile } from "./profile";
import { workload } from "./workload";

/**
 * One small machine that does everything. Memory figures are steady-state figures of a kubeadm-style single node and of
 * each part's own documentation, rounded up; no measured figure for a Kubespray single node is published.
 */
export const micro: Profile = {
  name: "micro",
  description: "one node of 4 CPUs and 8 GB: control plane and workloads together",
  nodes: { controlPlanes: { min: 1, max: 1 }, workers: { min: 0, max: 0 }, controlPlaneWorks: true },
  // 8 GB as sold; what the kernel reports is about 7.5 GiB.
  machine: { cpu: 4, memoryMiB: 7680, diskGiB: 110 },
  reserved: {
    system: { cpuMillis: 150, memoryMiB: 256 },
    kube: { cpuMillis: 100, memoryMiB: 144 },
    evictionMemoryMiB: 200,
  },
  // etcd 200, API server 350, controller manager 100, scheduler 50, kube-proxy 25, and a margin for their peaks.
  controlPlane: { cpuMillis: 650, memoryMiB: 950 },
  platformShare: 4.9 / 7.5,
  leftForWorkloadsMiB: 2048,
  buffer: "rabbitmq",
  workloads: {
    calico: workload(150, 160, { memoryLimit: 512 }),
    coredns: workload(50, 70, { memoryLimit: 170 }),
    "local-path-provisioner": workload(10, 32),
    "flux-source-controller": workload(50, 64, { memoryLimit: 512, cpuLimit: 1000, storage: 2 }),
    "flux-kustomize-controller": workload(50, 64, { memoryLimit: 512, cpuLimit: 1000 }),
    "flux-helm-controller": workload(50, 128, { memoryLimit: 512, cpuLimit: 1000 }),
    "flux-notification-controller": workload(20, 48, { memoryLimit: 256 }),
    gitea: workload(100, 256, { memoryLimit: 512, cpuLimit: 1000, storage: 5 }),
    rabbitmq: workload(200, 512, { memoryLimit: 768, cpuLimit: 1000, storage: 20 }),
    forwarder: workload(50, 96, { memoryLimit: 256, cpuLimit: 500, storage: 1 }),
    "prometheus-operator": workload(20, 64, { memoryLimit: 128 }),
    prometheus: workload(200, 480, { memoryLimit: 768, cpuLimit: 1000, storage: 10 }),
    "thanos-sidecar": workload(10, 64, { memoryLimit: 192, cpuLimit: 500 }),
    alertmanager: workload(10, 48, { memoryLimit: 96, storage: 1 }),
    "kube-state-metrics": workload(10, 48, { memoryLimit: 96 }),
    "node-exporter": workload(20, 32, { memoryLimit: 64 }),
    loki: workload(100, 256, { memoryLimit: 512, cpuLimit: 1000, storage: 10 }),
    // Of the node's own disk, for logs on their way to the hub.
    "log-collector": workload(50, 128, { memoryLimit: 256, cpuLimit: 500, storage: 8 }),
    // Admission 128, background, cleanup and reports 64 each: the chart's own requests.
    kyverno: workload(130, 320, { memoryLimit: 768, cpuLimit: 1000 }),
    "cert-manager": workload(30, 144, { memoryLimit: 288 }),
    velero: workload(50, 200, { memoryLimit: 512, cpuLimit: 500 }),
    "s3-gateway": workload(20, 64, { memoryLimit: 128, storage: 20 }),
    "site-reporter": workload(20, 48, { memoryLimit: 128, cpuLimit: 500 }),
  },
  flux: { sourceInterval: "30m", kustomizationInterval: "30m" },
  reportMinutes: 30,
  retentionHours: 96,
  observability: { series: 15_000, logBytesPerSecond: 15_000 },
};
