import { componentOf } from "../../../catalog";
import type { Release } from "../../../fleet/model";
import type { ObjectStore } from "../../../fleet/model";
import type { ChartService, Values } from "../service";
import { shareOf, smallInit } from "../sizing";
import { localS3 } from "./versitygw";

/**
 * Backups to the site's own S3. Credentials come from the Secret `velero-s3` in its namespace. The server and the node
 * agent share what the profile gives it.
 */
export const velero: ChartService = {
  name: "velero",
  component: "velero",
  namespace: "velero",
  // The node agent reads pods' volumes on the host.
  podSecurity: "privileged",
  after: ["versitygw"],
  workloads: ["velero"],
  baseValues: (release) => ({
    // The job's kubectl image would be one more to carry over the air gap; Flux upgrades the CRDs.
    upgradeCRDs: false,
    snapshotsEnabled: false,
    deployNodeAgent: true,
    initContainers: [
      {
        name: "velero-plugin-for-aws",
        image: pluginImage(release),
        imagePullPolicy: "IfNotPresent",
        volumeMounts: [{ mountPath: "/target", name: "plugins" }],
        // It copies a few files before the server starts, which has more.
        resources: smallInit,
      },
    ],
    credentials: { useSecret: true, existingSecret: localS3.secret },
    configuration: {
      backupStorageLocation: [localLocation],
      uploaderType: "kopia",
      defaultVolumesToFsBackup: true,
    },
    schedules: { daily: { schedule: "17 2 * * *", template: { ttl: "168h", storageLocation: "local" } } },
  }),
  profileValues: (sizes) => {
    const whole = sizes("velero");
    if (whole === undefined) return {};
    return { resources: shareOf(whole, 3 / 5), nodeAgent: { resources: shareOf(whole, 2 / 5) } };
  },
  siteValues: (site, _profile, hub) => (hub?.objectStore === undefined ? {} : hubValues(site.name, hub.objectStore)),
};

const localLocation = {
  name: "local",
  provider: "aws",
  bucket: localS3.bucket,
  default: true,
  accessMode: "ReadWrite",
  config: { region: localS3.region, s3ForcePathStyle: "true", s3Url: localS3.url },
};

/**
 * The hub's store beside the site's own. Without a link the location is unavailable, and what is scheduled for it fails
 * at once and is tried again at its next time; backups to the site go on.
 */
function hubValues(site: string, { url, region, backupsBucket }: ObjectStore): Values {
  const location = {
    name: "hub",
    provider: "aws",
    bucket: backupsBucket,
    // Sites share the bucket; each has its own part of it.
    prefix: site,
    default: false,
    accessMode: "ReadWrite",
    validationFrequency: "15m",
    credential: { name: "velero-hub", key: "cloud" },
    config: { region, s3ForcePathStyle: "true", s3Url: url },
  };
  return {
    // Helm replaces lists, so that both are here.
    configuration: { backupStorageLocation: [localLocation, location] },
    schedules: { hub: { schedule: "47 3 * * *", template: { ttl: "720h", storageLocation: "hub" } } },
  };
}

function pluginImage(release: Release): string | undefined {
  const image = componentOf(release, "velero").images["plugin-for-aws"];
  return image && `${image.repository}:${image.tag}`;
}
