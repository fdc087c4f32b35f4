import { componentOf } from "../../../catalog";
import { gibibytes } from "../../../components/pods/resources";
import { type ChartService, noSiteValues } from "../service";
import { resourcesFor } from "../sizing";

/** Where a site's backups go while there is no link. */
export const localS3 = {
  url: "http://versitygw.s3-gateway.svc.cluster.local:7070",
  region: "us-east-1",
  /** In Velero's namespace, with the login. */
  secret: "velero-s3",
} as const;

/** An S3 interface to a volume. Its root credentials come from the Secret `versitygw-root` in its namespace. */
export const versitygw: ChartService = {
  name: "versitygw",
  component: "versitygw",
  namespace: "s3-gateway",
  podSecurity: "baseline",
  after: [],
  workloads: ["s3-gateway"],
  baseValues: (release) => ({
    // The chart's own tag is `latest`.
    image: { tag: componentOf(release, "versitygw").images["versitygw"]?.tag },
    auth: { existingSecret: "versitygw-root" },
    gateway: { backend: { type: "posix" }, region: localS3.region },
    // The volume is mounted by one pod at a time.
    strategy: { type: "Recreate" },
  }),
  profileValues: (sizes) => {
    const workload = sizes("s3-gateway");
    return {
      ...resourcesFor(workload),
      ...(workload?.storageGiB && { persistence: { size: gibibytes(workload.storageGiB) } }),
    };
  },
  siteValues: noSiteValues,
};
