import { ingestion } from "../../../components/ingestion/address";
import type { Alerts } from "../../../fleet/model";
import type { Profile } from "../../../profiles/profile";
import { alertQueue } from "./alertQueue";
import type { ChartService, Sizes, Values } from "../service";
import { claimOf, resourcesFor, retentionHours } from "../sizing";

/** Share of Prometheus' volume that blocks may fill; the write-ahead log and compaction need the rest. */
const blocksShare = 0.8;

/** Secret with the hub's object store and login under `objstore.yml`, in Thanos' form. */
const objectStoreSecret = { name: "thanos-objstore", key: "objstore.yml" };

const routesToNowhere = [{ receiver: "null", matchers: ['alertname =~ "Watchdog|InfoInhibitor"'] }];

/** To the hub too, by a queue on the site's disk, because Alertmanager itself forgets what it cannot deliver. */
const routesToHub = [{ receiver: "hub", continue: true }];

/** Somebody on the site is told, link or no link. */
function localReceiver({ webhook, email }: Alerts): object {
  return {
    name: "local",
    webhook_configs: [{ url: webhook, send_resolved: true }],
    ...(email !== undefined && {
      email_configs: email.to.map((to) => ({
        to,
        from: email.from,
        smarthost: email.smarthost,
        // On the site's own network; a login would be in Alertmanager's configuration in clear.
        require_tls: false,
        send_resolved: true,
      })),
    }),
  };
}

/**
 * Uploads each block of two hours once it is whole, and after an outage all that wait on the disk, which keeps them for
 * at least the outage that the site must bear. With an object store the operator turns compaction off, as it must be.
 */
function thanosSidecar(profile: Profile): Values {
  const sidecar = profile.workloads["thanos-sidecar"];
  return { thanos: { objectStorageConfig: { existingSecret: objectStoreSecret }, ...resourcesFor(sidecar) } };
}

/** Metrics and alerts that stay on the site; no Grafana, and alerts go to the site's own channel. */
export const kubePrometheusStack: ChartService = {
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
          routes: routesToNowhere,
        },
      },
    },
    prometheus: {
      additionalPodMonitors: bufferMonitors,
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
  siteValues: (site, profile, hub) => ({
    alertmanager: {
      config: {
        ...(hub?.lokiUrl !== undefined && { route: { routes: [...routesToNowhere, ...routesToHub] } }),
        receivers: [
          { name: "null" },
          localReceiver(site.alerts),
          ...(hub?.lokiUrl === undefined
            ? []
            : [{ name: "hub", webhook_configs: [{ url: alertQueue.url, send_resolved: true }] }]),
        ],
      },
    },
    prometheus: {
      prometheusSpec: {
        externalLabels: { site: site.name, region: site.region },
        ...(hub?.objectStore !== undefined && thanosSidecar(profile)),
        ...(retentionHours(site, profile) > profile.retentionHours && {
          retention: `${retentionHours(site, profile)}h`,
        }),
      },
    },
  }),
};

/** Who tells what the ingestion buffers hold; on a site without one of them its monitor finds no pod. */
const bufferMonitors = [
  { name: "rabbitmq", labels: ingestion.broker.labels, port: "metrics" },
  // The port that Strimzi opens for `metricsConfig`.
  { name: "mirror-maker", labels: ingestion.mirror.labels, port: "tcp-prometheus" },
].map(({ name, labels, port }) => ({
  name,
  namespaceSelector: { matchNames: [ingestion.namespace] },
  selector: { matchLabels: { ...labels } },
  podMetricsEndpoints: [{ port }],
}));

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
