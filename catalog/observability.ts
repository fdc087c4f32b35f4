import type { CatalogComponent } from "./component";

const both = ["amd64", "arm64"] as const;

interface MonitoringImages {
  readonly operator: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly kubeStateMetrics: string;
  readonly nodeExporter: string;
  readonly webhookCertgen: string;
  readonly thanos: string;
}

/** Image tags from the chart's own values and from the sub-charts that its `Chart.yaml` pins. */
const kubePrometheusStack = (version: string, tags: MonitoringImages): CatalogComponent => ({
  name: "kube-prometheus-stack",
  version,
  source: "https://github.com/prometheus-community/helm-charts",
  licence: "Apache-2.0",
  architectures: both,
  images: {
    operator: { repository: "quay.io/prometheus-operator/prometheus-operator", tag: tags.operator },
    "config-reloader": { repository: "quay.io/prometheus-operator/prometheus-config-reloader", tag: tags.operator },
    prometheus: { repository: "quay.io/prometheus/prometheus", tag: tags.prometheus },
    alertmanager: { repository: "quay.io/prometheus/alertmanager", tag: tags.alertmanager },
    "kube-state-metrics": {
      repository: "registry.k8s.io/kube-state-metrics/kube-state-metrics",
      tag: tags.kubeStateMetrics,
    },
    "node-exporter": { repository: "quay.io/prometheus/node-exporter", tag: tags.nodeExporter },
    "webhook-certgen": { repository: "ghcr.io/jkroepke/kube-webhook-certgen", tag: tags.webhookCertgen },
    thanos: { repository: "quay.io/thanos/thanos", tag: tags.thanos },
  },
  chart: {
    repository: "https://prometheus-community.github.io/helm-charts",
    name: "kube-prometheus-stack",
    version,
    sizes: [
      ["prometheus", "prometheusSpec", "resources"],
      ["alertmanager", "alertmanagerSpec", "resources"],
      ["prometheusOperator", "resources"],
      ["kube-state-metrics", "resources"],
      ["prometheus-node-exporter", "resources"],
    ],
    operatorImages: {
      prometheus: ["prometheus", "prometheusSpec", "image", "sha"],
      alertmanager: ["alertmanager", "alertmanagerSpec", "image", "sha"],
      "config-reloader": ["prometheusOperator", "prometheusConfigReloader", "image", "sha"],
      thanos: ["prometheusOperator", "thanosImage", "sha"],
    },
  },
});

/** The chart moved from grafana/loki to grafana-community/helm-charts. */
const loki = (version: string, app: string): CatalogComponent => ({
  name: "loki",
  version,
  source: "https://github.com/grafana-community/helm-charts",
  licence: "AGPL-3.0-only",
  architectures: both,
  images: { loki: { repository: "docker.io/grafana/loki", tag: app } },
  chart: {
    repository: "https://grafana-community.github.io/helm-charts",
    name: "loki",
    version,
    sizes: [["singleBinary", "resources"]],
  },
});

const grafana = (version: string, app: string): CatalogComponent => ({
  name: "grafana",
  version,
  source: "https://github.com/grafana-community/helm-charts",
  licence: "AGPL-3.0-only",
  architectures: both,
  images: { grafana: { repository: "docker.io/grafana/grafana", tag: app } },
  chart: {
    repository: "https://grafana-community.github.io/helm-charts",
    name: "grafana",
    version,
    sizes: [["resources"]],
  },
});

/**
 * Without the config reloader of the chart's own values: a lock has one digest for a repository, so the chart is given
 * the one of kube-prometheus-stack.
 */
const alloy = (version: string, app: string): CatalogComponent => ({
  name: "alloy",
  version,
  source: "https://github.com/grafana/alloy",
  licence: "Apache-2.0",
  architectures: both,
  images: { alloy: { repository: "docker.io/grafana/alloy", tag: app } },
  chart: { repository: "https://grafana.github.io/helm-charts", name: "alloy", version, sizes: [] },
  unused: "Vector collects logs",
});

/** Metrics, logs and alerts on the site; versions are the charts'. */
export const observabilityVersions: readonly CatalogComponent[] = [
  kubePrometheusStack("88.5.3", {
    operator: "v0.93.1",
    prometheus: "v3.14.0-distroless",
    alertmanager: "v0.34.0",
    kubeStateMetrics: "v2.20.0",
    nodeExporter: "v1.12.1",
    webhookCertgen: "1.8.7",
    thanos: "v0.42.4",
  }),
  loki("18.6.0", "3.7.4"),
  loki("18.11.0", "3.7.6"),
  grafana("12.9.0", "13.1.1"),
  grafana("12.11.1", "13.2.0"),
  alloy("1.10.1", "v1.17.1"),
  alloy("1.11.1", "v1.18.1"),
];
