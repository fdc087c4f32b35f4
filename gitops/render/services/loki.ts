import { gibibytes } from "../../../components/pods/resources";
import { volumeAnnotations } from "../../../components/pods/storage";
import type { ResolvedSite } from "../../../fleet/model";
import type { Profile } from "../../../profiles/profile";
import type { ChartService } from "../service";
import { resourcesFor, retentionHours } from "../sizing";

const off = { replicas: 0 };

/** Logs that stay on the site: one process on a volume. */
export const loki: ChartService = {
  name: "loki",
  component: "loki",
  namespace: "loki",
  podSecurity: "baseline",
  after: [],
  workloads: ["loki"],
  baseValues: () => ({
    deploymentMode: "Monolithic",
    loki: {
      auth_enabled: false,
      analytics: { reporting_enabled: false },
      commonConfig: { replication_factor: 1 },
      storage: { type: "filesystem" },
      schemaConfig: {
        configs: [
          {
            from: "2024-04-01",
            store: "tsdb",
            object_store: "filesystem",
            schema: "v13",
            index: { prefix: "loki_index_", period: "24h" },
          },
        ],
      },
      compactor: { retention_enabled: true, delete_request_store: "filesystem" },
    },
    singleBinary: { replicas: 1 },
    backend: off,
    read: off,
    write: off,
    // The chart gives the caches 9 GiB of memory by default.
    chunksCache: { enabled: false },
    resultsCache: { enabled: false },
    lokiCanary: { enabled: false },
    test: { enabled: false },
    gateway: { enabled: false },
    // Rules come with the release; the sidecar's image would be one more to carry over the air gap.
    sidecar: { rules: { enabled: false } },
  }),
  profileValues: (sizes, profile) => {
    const workload = sizes("loki");
    return {
      loki: { limits_config: limits(profile.retentionHours) },
      singleBinary: {
        ...resourcesFor(workload),
        persistence: workload?.storageGiB
          ? { enabled: true, size: gibibytes(workload.storageGiB), annotations: volumeAnnotations }
          : { enabled: false },
      },
    };
  },
  siteValues: (site: ResolvedSite, profile: Profile) => {
    const hours = retentionHours(site, profile);
    return hours > profile.retentionHours ? { loki: { limits_config: limits(hours) } } : {};
  },
};

// Logs that were collected during an outage of Loki are as old as that outage, and still wanted.
function limits(hours: number): object {
  return { retention_period: `${hours}h`, reject_old_samples_max_age: `${hours}h` };
}
