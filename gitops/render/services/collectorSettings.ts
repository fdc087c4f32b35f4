import { storeShare } from "../../../profiles/observabilitySizing";
import type { SiteInputs } from "../service";
import { alertQueue } from "./alertQueue";

export const collectorFolders = {
  configuration: "/etc/vector",
  /** Positions and buffers. */
  data: "/var/lib/edgewave-log-collector",
  login: "/etc/collector/hub",
} as const;

/** Secret with `user` and `password` for the hub's Loki. */
export const hubLogin = { secret: "hub-loki" } as const;

/** Vector's least for a buffer on disk: two data files of 128 MiB. Source: its reference, `buffer.max_size`. */
const smallestBuffer = 268_435_488;

/**
 * Vector's configuration. A buffer on disk gives back what it holds in the order in which it came, also after a restart;
 * one request at a time keeps that order on the way, so that Loki takes the old lines of a stream before the new ones.
 * What waits for the hub never holds up what goes to the site's own Loki: once its buffer is full, the newest lines stay
 * on the site only. The hub's Loki must take samples as old as an outage (`reject_old_samples_max_age`).
 */
export function collectorSettings({ site, profile, hub }: SiteInputs): object {
  const labels = { site: site.name, region: site.region };
  const ofPod = {
    ...labels,
    namespace: "{{ kubernetes.pod_namespace }}",
    pod: "{{ kubernetes.pod_name }}",
    container: "{{ kubernetes.container_name }}",
  };
  const loki = (endpoint: string, streams: object) => ({
    type: "loki",
    endpoint,
    labels: streams,
    remove_timestamp: true,
    out_of_order_action: "accept",
    compression: "snappy",
    request: { concurrency: 1, retry_attempts: 1_000_000_000, retry_max_duration_secs: 300 },
    acknowledgements: { enabled: true },
    healthcheck: { enabled: false },
  });
  const disk = (max_size: number, when_full: string) => ({ type: "disk", max_size, when_full });
  const storageGiB = profile.workloads["log-collector"]?.storageGiB ?? 0;
  // Beside it are the other two buffers.
  const forHub = Math.max(smallestBuffer, Math.floor(storageGiB * 1024 ** 3 * storeShare));
  const auth = { strategy: "basic", user: "SECRET[hub.user]", password: "SECRET[hub.password]" };
  return {
    data_dir: collectorFolders.data,
    ...(hub?.lokiUrl !== undefined && { secret: { hub: { type: "directory", path: collectorFolders.login } } }),
    sources: {
      pods: { type: "kubernetes_logs" },
      alerts: {
        type: "http_server",
        address: `0.0.0.0:${alertQueue.port}`,
        path: "/alerts",
        decoding: { codec: "json" },
        // Alertmanager is told that an alert is taken only once it is on disk.
        acknowledgements: { enabled: false },
      },
    },
    sinks: {
      site: {
        inputs: ["pods"],
        ...loki("http://loki.loki.svc.cluster.local:3100", ofPod),
        encoding: { codec: "text" },
        buffer: disk(smallestBuffer, "block"),
      },
      site_alerts: {
        inputs: ["alerts"],
        ...loki("http://loki.loki.svc.cluster.local:3100", { ...labels, kind: "alert" }),
        encoding: { codec: "json" },
        buffer: disk(smallestBuffer, "block"),
      },
      ...(hub?.lokiUrl !== undefined && {
        hub: {
          inputs: ["pods"],
          ...loki(hub.lokiUrl, ofPod),
          encoding: { codec: "text" },
          auth,
          buffer: disk(forHub, "drop_newest"),
        },
        hub_alerts: {
          inputs: ["alerts"],
          ...loki(hub.lokiUrl, { ...labels, kind: "alert" }),
          encoding: { codec: "json" },
          auth,
          buffer: disk(smallestBuffer, "drop_newest"),
        },
      }),
    },
  };
}
