import type { Profile } from "./profile";

const secondsPerHour = 3600;
const bytesPerGiB = 1024 ** 3;

/** Share of a volume that blocks and chunks may fill; write-ahead logs and compaction need the rest. */
export const storeShare = 0.8;

/** Prometheus' documentation on storage: a sample takes 1 to 2 bytes on disk. */
const bytesPerSample = 2;

/** The platform scrapes every 60 s. */
const samplesPerHour = 60;

/** Loki's snappy chunks and index to the text that came in; text of logs shrinks to a fifth or less. An estimate. */
const storedPerLogByte = 0.3;

/** Vector's buffer keeps events as they are, with their labels around each line. An estimate, on the safe side. */
const bufferedPerLogByte = 1.5;

export interface ObservabilityDemand {
  /** Time series that Prometheus scrapes. */
  readonly series: number;
  /** Of all pods together. */
  readonly logBytesPerSecond: number;
  /** How long metrics and logs stay, which is at least the longest outage. */
  readonly retentionHours: number;
  /** The longest time that the hub cannot be reached. */
  readonly maxOutageHours: number;
}

/** What one store needs against what it has, in bytes. */
export interface StoreSizing {
  readonly neededBytes: number;
  readonly capacityBytes: number;
  /** How long the store lasts; rounded down to a tenth. */
  readonly horizonHours: number;
  readonly fits: boolean;
}

export interface ObservabilitySizing {
  /** Blocks of metrics for the retention. */
  readonly metrics: StoreSizing;
  /** Logs for the retention. */
  readonly logs: StoreSizing;
  /** Logs on their way to the hub for the longest outage; the busiest node may write all of them. */
  readonly logBuffer: StoreSizing;
}

/** Hours that metrics and logs stay: the profile's, or the longest outage if that is longer. */
export function retentionOf(profile: Pick<Profile, "retentionHours">, maxOutageHours: number): number {
  return Math.max(profile.retentionHours, Math.ceil(maxOutageHours));
}

/** Compares what a site's series and logs bring with what its profile's volumes hold. */
export function observabilitySizing(profile: Profile, demand: ObservabilityDemand): ObservabilitySizing {
  const { series, logBytesPerSecond, retentionHours, maxOutageHours } = demand;
  const logsPerHour = logBytesPerSecond * secondsPerHour;
  const capacity = (part: "prometheus" | "loki" | "log-collector") =>
    Math.floor((profile.workloads[part]?.storageGiB ?? 0) * bytesPerGiB * storeShare);
  return {
    metrics: sized(series * samplesPerHour * bytesPerSample, retentionHours, capacity("prometheus")),
    logs: sized(logsPerHour * storedPerLogByte, retentionHours, capacity("loki")),
    logBuffer: sized(logsPerHour * bufferedPerLogByte, maxOutageHours, capacity("log-collector")),
  };
}

function sized(bytesPerHour: number, hours: number, capacityBytes: number): StoreSizing {
  const horizon = capacityBytes / bytesPerHour;
  const neededBytes = Math.ceil(bytesPerHour * hours);
  return {
    neededBytes,
    capacityBytes,
    horizonHours: Math.floor(horizon * 10) / 10,
    fits: neededBytes <= capacityBytes,
  };
}
