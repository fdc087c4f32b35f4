import type { Workload } from "./profile";

interface Extras {
  /** Of each replica; the request times four unless given. */
  readonly cpuLimit?: number;
  /** Of each replica; the request times two unless given. */
  readonly memoryLimit?: number;
  /** One unless given. */
  readonly replicas?: number;
  /** Volume of each replica in GiB; none unless given. */
  readonly storage?: number;
}

/**
 * One part of the platform.
 * @param cpu request of each replica in thousandths of a core
 * @param memory request of each replica in MiB
 */
export function workload(cpu: number, memory: number, extras: Extras = {}): Workload {
  return {
    replicas: extras.replicas ?? 1,
    requests: { cpuMillis: cpu, memoryMiB: memory },
    limits: { cpuMillis: extras.cpuLimit ?? cpu * 4, memoryMiB: extras.memoryLimit ?? memory * 2 },
    storageGiB: extras.storage ?? 0,
  };
}
