import type { IngestionBuffer } from "../fleet/model";
import { workloadsOf } from "./budget";
import type { Profile, Workload } from "./profile";

const secondsPerHour = 3600;
const bytesPerGiB = 1024 ** 3;

/** The share of a volume that messages may take; the rest is for the store's own files and for segments in use. */
const usableShare = 0.8;

export interface Demand {
  readonly messagesPerSecond: number;
  /** Body of a message. */
  readonly messageBytes: number;
  /** The longest time that the hub cannot be reached. */
  readonly maxOutageHours: number;
}

/** What a store takes beyond the bodies. */
export interface Overhead {
  /** Of each message: routing key, properties, index. */
  readonly bytesPerMessage: number;
  /** On everything: segments that are not full, files that await deletion. */
  readonly factor: number;
}

/** Estimates, on the safe side, from the formats: AMQP properties and index entry; a Kafka record with a key. */
export const overheads: Readonly<Record<"rabbitmq" | "kafka", Overhead>> = {
  rabbitmq: { bytesPerMessage: 200, factor: 1.2 },
  kafka: { bytesPerMessage: 70, factor: 1.1 },
};

export interface Capacity {
  readonly storageGiB: number;
  readonly overhead: Overhead;
  /** Messages that the store can hold whatever their size; Infinity if only the disk bounds them. */
  readonly messages: number;
}

export interface Sizing {
  /** What the longest outage would need. */
  readonly neededBytes: number;
  /** What there is. */
  readonly capacityBytes: number;
  /** Bodies that fit into `capacityBytes`, for limits that count bodies. */
  readonly bodyBytes: number;
  /** How long the buffer takes messages without a link; rounded down to a tenth. */
  readonly horizonHours: number;
  readonly coversOutage: boolean;
}

/**
 * Compares what an outage brings with what a buffer holds.
 * @throws RangeError if a rate, size, time or volume is not a positive number.
 */
export function sizeBuffer(demand: Demand, capacity: Capacity): Sizing {
  const { messagesPerSecond, messageBytes, maxOutageHours } = demand;
  const given = { messagesPerSecond, messageBytes, maxOutageHours, storageGiB: capacity.storageGiB };
  for (const [name, value] of Object.entries(given)) {
    if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${name} is ${value} and must be above 0.`);
  }
  const { bytesPerMessage, factor } = capacity.overhead;
  const storedBytes = (messageBytes + bytesPerMessage) * factor;
  const messagesPerHour = messagesPerSecond * secondsPerHour;
  const capacityBytes = Math.floor(capacity.storageGiB * bytesPerGiB * usableShare);
  const messages = Math.min(capacityBytes / storedBytes, capacity.messages);
  const horizon = messages / messagesPerHour;
  return {
    neededBytes: Math.ceil(messagesPerHour * maxOutageHours * storedBytes),
    capacityBytes,
    bodyBytes: Math.floor(messages * messageBytes),
    horizonHours: Math.floor(horizon * 10) / 10,
    coversOutage: horizon >= maxOutageHours,
  };
}

/** Memory of RabbitMQ's container above which it stops taking messages; its own default is the same share. */
export function watermarkMiB(workload: Pick<Workload, "limits">): number {
  return Math.floor(workload.limits.memoryMiB * 0.6);
}

/** RabbitMQ's own needs below its watermark. */
const brokerBaseMiB = 200;

/** A quorum queue keeps about 1 MB in memory for 30,000 messages (RabbitMQ's guide); a classic one next to nothing. */
const messagesPerMiB = 30_000;

function messagesInMemory(workload: Workload): number {
  if (workload.replicas === 1) return Infinity;
  return Math.max(1, watermarkMiB(workload) - brokerBaseMiB) * messagesPerMiB;
}

/**
 * What the buffer of a profile makes of a demand. `edgewave check` and the site's own components both ask here, so that
 * what passes the check is what the site gets.
 * @throws Error if the profile has no such buffer.
 */
export function bufferSizing(profile: Profile, buffer: IngestionBuffer, demand: Demand): Sizing {
  const store = buffer === "strimzi" ? "kafka" : "rabbitmq";
  const workload = workloadsOf(profile, buffer)[store];
  if (workload === undefined) throw new Error(`profile ${profile.name} gives ${store} no resources`);
  return sizeBuffer(demand, {
    storageGiB: workload.storageGiB,
    overhead: overheads[store],
    messages: store === "rabbitmq" ? messagesInMemory(workload) : Infinity,
  });
}
