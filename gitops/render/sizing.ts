import { type Requirements, gibibytes, resourcesOf } from "../../components/pods/resources";
import { volumeAnnotations } from "../../components/pods/storage";
import type { ResolvedSite } from "../../fleet/model";
import { retentionOf } from "../../profiles/observabilitySizing";
import type { Profile, Resources, Workload } from "../../profiles/profile";

/**
 * Requests and limits of one of several pods that share what the profile gives their part.
 * @param share of the whole, above 0 and up to 1; figures are rounded down, so that the sum stays within the budget.
 */
export function shareOf(workload: Pick<Workload, "requests" | "limits">, share: number): Requirements {
  const part = ({ cpuMillis, memoryMiB }: Resources): Resources => ({
    cpuMillis: Math.max(1, Math.floor(cpuMillis * share)),
    memoryMiB: Math.max(1, Math.floor(memoryMiB * share)),
  });
  return resourcesOf({ requests: part(workload.requests), limits: part(workload.limits) });
}

/** For a container that makes or copies a few files before those that serve, and asks for less than they do. */
export const smallInit = resourcesOf({
  requests: { cpuMillis: 10, memoryMiB: 16 },
  limits: { cpuMillis: 100, memoryMiB: 64 },
});

/** `{ resources }` of a part, or nothing if the profile does not size it. */
export function resourcesFor(workload: Workload | undefined): { readonly resources?: Requirements } {
  return workload === undefined ? {} : { resources: resourcesOf(workload) };
}

/** A claim of the profile's size in the way that Prometheus' operator takes it, or undefined for no storage. */
export function claimOf(workload: Workload | undefined): object | undefined {
  if (workload === undefined || workload.storageGiB === 0) return undefined;
  return {
    volumeClaimTemplate: {
      metadata: { annotations: volumeAnnotations },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: gibibytes(workload.storageGiB) } } },
    },
  };
}

/** Hours that metrics and logs stay: the profile's, or the longest outage if that is longer. */
export function retentionHours(site: ResolvedSite, profile: Profile): number {
  return retentionOf(profile, site.link.maxOutageHours);
}
