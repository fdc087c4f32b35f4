import { gibibytes } from "./resources";

/** The class that Kubespray's local path provisioner serves. */
export const storageClass = "local-path";

/** A claim on a volume of the node. */
export function volumeClaim(storageGiB: number) {
  return {
    accessModes: ["ReadWriteOnce"],
    storageClassName: storageClass,
    resources: { requests: { storage: gibibytes(storageGiB) } },
  };
}

/** Asks the provisioner for a `local` volume: Velero's file system backup leaves `hostPath` volumes out. */
export const volumeAnnotations = { volumeType: "local" };
