import type { PlatformService } from "../service";
import { resourcesFor } from "../sizing";

/**
 * Reads the logs of the node's pods from disk and sends them to Loki. Positions survive a restart; while Loki is away
 * the reader stops and goes on from the same line, as far back as the node keeps rotated files. The backoff of Grafana's
 * dskit takes 0 retries as "never give up".
 */
const pipeline = `logging {
  level  = "warn"
  format = "logfmt"
}

discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("HOSTNAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets

  rule {
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    target_label  = "__path__"
    replacement   = "/var/log/pods/*$1/*.log"
  }
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  stage.cri {}
  forward_to = [loki.write.site.receiver]
}

loki.write "site" {
  endpoint {
    url                 = "http://loki.loki.svc.cluster.local:3100/loki/api/v1/push"
    max_backoff_retries = 0
  }
  external_labels = {
    site   = sys.env("EDGEWAVE_SITE"),
    region = sys.env("EDGEWAVE_REGION"),
  }
}
`;

const state = "/var/lib/alloy";

/** The log collector. */
export const alloy: PlatformService = {
  name: "alloy",
  component: "alloy",
  namespace: "alloy",
  // Reads the host's /var/log and keeps its positions on the host.
  podSecurity: "privileged",
  after: ["loki"],
  workloads: ["log-collector"],
  baseValues: () => ({
    alloy: {
      configMap: { content: pipeline },
      enableReporting: false,
      mounts: { varlog: true, extra: [{ name: "state", mountPath: state }] },
      storagePath: state,
    },
    // The chart restarts the pods when the pipeline changes.
    configReloader: { enabled: false },
    controller: {
      type: "daemonset",
      tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
      volumes: { extra: [{ name: "state", hostPath: { path: state, type: "DirectoryOrCreate" } }] },
    },
    crds: { create: false },
  }),
  profileValues: (sizes) => ({ alloy: { ...resourcesFor(sizes("log-collector")) } }),
  siteValues: (site) => ({
    alloy: {
      extraEnv: [
        { name: "EDGEWAVE_SITE", value: site.name },
        { name: "EDGEWAVE_REGION", value: site.region },
      ],
    },
  }),
};
