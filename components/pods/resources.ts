import type { Resources, Workload } from "../../profiles/profile";

export const mebibytes = (amount: number): string => `${amount}Mi`;
export const gibibytes = (amount: number): string => `${amount}Gi`;
export const millicores = (amount: number): string => `${amount}m`;

/** A `ResourceRequirements` of Kubernetes. */
export interface Requirements {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** Requests and limits of one container, from what the profile gives it. */
export function resourcesOf(workload: Pick<Workload, "requests" | "limits">): Requirements {
  const quantities = ({ cpuMillis, memoryMiB }: Resources) => ({
    cpu: millicores(cpuMillis),
    memory: mebibytes(memoryMiB),
  });
  return { requests: quantities(workload.requests), limits: quantities(workload.limits) };
}
