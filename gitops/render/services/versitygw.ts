import { componentOf } from "../../../catalog";
import { yamlText } from "../../../components/file/yamlText";
import type { Release } from "../../../fleet/model";
import { gibibytes } from "../../../components/pods/resources";
import { type ChartService, noSiteValues } from "../service";
import { resourcesFor, smallInit } from "../sizing";

/** Where a site's backups go while there is no link. */
export const localS3 = {
  url: "http://versitygw.s3-gateway.svc.cluster.local:7070",
  region: "us-east-1",
  bucket: "velero",
  /** In Velero's namespace, with the login. */
  secret: "velero-s3",
} as const;

/** A bucket is a folder to the posix backend; Velero makes none. */
function withBucket(release: Release): object {
  const image = componentOf(release, "versitygw").images["versitygw"];
  const bucket = {
    name: "bucket",
    image: `${image?.repository}:${image?.tag}`,
    command: ["mkdir", "-p", `/mnt/data/${localS3.bucket}`],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
    },
    volumeMounts: [{ name: "data", mountPath: "/mnt/data", subPath: "data" }],
    resources: smallInit,
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "versitygw" },
    spec: { template: { spec: { initContainers: [bucket] } } },
  };
}

/** An S3 interface to a volume. Its root credentials come from the Secret `versitygw-root` in its namespace. */
export const versitygw: ChartService = {
  name: "versitygw",
  component: "versitygw",
  namespace: "s3-gateway",
  podSecurity: "baseline",
  after: [],
  workloads: ["s3-gateway"],
  postRenderers: (release) => [
    {
      kustomize: {
        patches: [{ target: { kind: "Deployment", name: "versitygw" }, patch: yamlText(withBucket(release)) }],
      },
    },
  ],
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
