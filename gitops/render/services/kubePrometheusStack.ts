import type { PlatformService, Sizes, Values } from "../service";
import { claimOf, resourcesFor, retentionHours } from "../sizing";

/** Share of Prometheus' volume that blocks may fill; the write-ahead log and compaction need the rest. */
const blocksShare = 0.8;

/** Metrics and alerts that stay on the site; no Grafana, and alerts go to the site's own channel. */
export const kubePrometheusStack: PlatformService = {
  name: "kube-prometheus-stack",
  component: "kube-prometheus-stack",
  namespace: "monitoring",
  // node-exporter reads the host's /proc and /sys.
  podSecurity: "privileged",
  after: ["cert-manager"],
  workloads: ["prometheus", "prometheus-operator", "alertmanager", "kube-state-metrics", "node-exporter"],
  baseValues: () => ({
    cleanPrometheusOperatorObjectNames: true,
    grafana: { enabled: false },
    // Kubespray binds these to the node's loopback address, so scrapes would only raise alerts.
    kubeControllerManager: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeProxy: { enabled: false },
    defaultRules: {
      rules: {
        etcd: false,
        kubeControllerManager: false,
        kubeSchedulerAlerting: false,
        kubeSchedulerRecording: false,
        kubeProxy: false,
        windows: false,
      },
    },
    alertmanager: {
      config: {
        route: {
          group_by: ["alertname", "namespace"],
          group_wait: "30s",
          group_interval: "5m",
          repeat_interval: "12h",
          receiver: "local",
          routes: [{ receiver: "null", matchers: ['alertname =~ "Watchdog|InfoInhibitor"'] }],
        },
      },
    },
    prometheus: {
      prometheusSpec: {
        scrapeInterval: "60s",
        evaluationInterval: "60s",
        walCompression: true,
        ruleSelectorNilUsesHelmValues: false,
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        probeSelectorNilUsesHelmValues: false,
        scrapeConfigSelectorNilUsesHelmValues: false,
      },
    },
  }),
  profileValues: (sizes, profile) => ({
    "kube-state-metrics": { ...resourcesFor(sizes("kube-state-metrics")) },
    "prometheus-node-exporter": { ...resourcesFor(sizes("node-exporter")) },
    prometheusOperator: {
      ...resourcesFor(sizes("prometheus-operator")),
      admissionWebhooks: webhookCertificates(sizes),
    },
    alertmanager: alertmanagerValues(sizes),
    prometheus: { prometheusSpec: { retention: `${profile.retentionHours}h`, ...prometheusSize(sizes) } },
  }),
  siteValues: (site, profile) => ({
    alertmanager: {
      config: {
        receivers: [
          { name: "null" },
          { name: "local", webhook_configs: [{ url: `https://alerts.${site.domain}/`, send_resolved: true }] },
        ],
      },
    },
    prometheus: {
      prometheusSpec: {
        externalLabels: { site: site.name, region: site.region },
        ...(retentionHours(site, profile) > profile.retentionHours && {
          retention: `${retentionHours(site, profile)}h`,
        }),
      },
    },
  }),
};

// With cert-manager the chart needs no job, and no further image, to make the webhook's certificate.
function webhookCertificates(sizes: Sizes): Values {
  return sizes("cert-manager") === undefined ? {} : { certManager: { enabled: true } };
}

function alertmanagerValues(sizes: Sizes): Values {
  const workload = sizes("alertmanager");
  if (workload === undefined) return { enabled: false };
  const storage = claimOf(workload);
  return {
    alertmanagerSpec: {
      replicas: workload.replicas,
      ...resourcesFor(workload),
      ...(storage !== undefined && { storage }),
    },
  };
}

function prometheusSize(sizes: Sizes): Values {
  const workload = sizes("prometheus");
  if (workload === undefined) return {};
  const storageSpec = claimOf(workload);
  return {
    replicas: workload.replicas,
    ...resourcesFor(workload),
    ...(storageSpec !== undefined && {
      // Prometheus counts its units in powers of two.
      retentionSize: `${Math.floor(workload.storageGiB * 1024 * blocksShare)}MB`,
      storageSpec,
    }),
  };
}
