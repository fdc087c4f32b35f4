import { createHash } from "node:crypto";
import type { Workload } from "../../../profiles/profile";
import type { Sizing } from "../../../profiles/bufferSizing";
import { bindingKey, routingKeyPattern } from "../topics";

/** Accounts of the broker. The gateway's is the common name of the certificate that devices log in with. */
export const accounts = { gateway: "gateway", forwarder: "forwarder" } as const;

export const bufferQueue = "ingest";
const rejectedQueue = "ingest.rejected";
const retryExchange = "ingest.retry";

/** Time that a message which the forwarder gave back waits before it is offered again. */
const retryMilliseconds = 60_000;

/**
 * Everything that the broker has from its first start on: accounts, rights, the queue that holds messages until the
 * hub has them, and a detour for those that the forwarder gives back, so that none is dropped.
 *
 * A queue and not a stream: a forwarder would have to remember where it was in a stream, and the kept ones start at
 * the end of it. With one broker it is a classic queue, which keeps messages on disk and needs hardly any memory; with
 * several a quorum queue, which survives one of them. Limits are policies, because a queue's arguments cannot change.
 * @param forwarderHash of the forwarder's password.
 */
export function brokerDefinitions(
  topics: readonly string[],
  workload: Pick<Workload, "replicas">,
  sizing: Pick<Sizing, "bodyBytes">,
  forwarderHash: string,
) {
  const vhost = "/";
  const quorum = workload.replicas > 1;
  const type = quorum ? "quorum" : "classic";
  const queue = (name: string) => ({
    name,
    vhost,
    durable: true,
    auto_delete: false,
    arguments: { "x-queue-type": type },
  });
  const bind = (source: string, destination: string, routing_key: string) => ({
    source,
    vhost,
    destination,
    destination_type: "queue",
    routing_key,
    arguments: {},
  });
  const exchange = (name: string) => ({
    name,
    vhost,
    type: "fanout",
    durable: true,
    auto_delete: false,
    internal: false,
    arguments: {},
  });
  // Quorum queues drop what was delivered more than 20 times, and by default may lose what dead-letters.
  const lossless: Record<string, string | number> = quorum
    ? { "delivery-limit": 1_000_000_000, "dead-letter-strategy": "at-least-once" }
    : {};
  const policy = (name: string, definition: Record<string, string | number>) => ({
    name,
    vhost,
    pattern: `^${name.replaceAll(".", "\\.")}$`,
    "apply-to": "queues",
    priority: 1,
    definition: { ...definition, ...lossless },
  });
  return {
    vhosts: [{ name: vhost }],
    users: [
      // Without a password: only a certificate opens it.
      { name: accounts.gateway, password_hash: "", hashing_algorithm: "rabbit_password_hashing_sha256", tags: [] },
      {
        name: accounts.forwarder,
        password_hash: forwarderHash,
        hashing_algorithm: "rabbit_password_hashing_sha256",
        tags: [],
      },
    ],
    permissions: [
      {
        user: accounts.gateway,
        vhost,
        configure: "^mqtt-subscription-.*$",
        write: "^(amq\\.topic|mqtt-subscription-.*)$",
        read: "^(amq\\.topic|mqtt-subscription-.*)$",
      },
      { user: accounts.forwarder, vhost, configure: "^$", write: "^$", read: `^${bufferQueue}$` },
    ],
    topic_permissions: [
      { user: accounts.gateway, vhost, exchange: "amq.topic", write: anyOf(topics), read: anyOf(topics) },
    ],
    exchanges: [exchange(rejectedQueue), exchange(retryExchange)],
    queues: [queue(bufferQueue), queue(rejectedQueue)],
    bindings: [
      ...topics.map((filter) => bind("amq.topic", bufferQueue, bindingKey(filter))),
      bind(rejectedQueue, rejectedQueue, ""),
      bind(retryExchange, bufferQueue, ""),
    ],
    policies: [
      policy(bufferQueue, {
        "max-length-bytes": sizing.bodyBytes,
        // A full buffer refuses what is new, and the publisher knows; the default drops the oldest in silence.
        overflow: "reject-publish",
        "dead-letter-exchange": rejectedQueue,
      }),
      policy(rejectedQueue, {
        "message-ttl": retryMilliseconds,
        overflow: "reject-publish",
        "dead-letter-exchange": retryExchange,
      }),
    ],
  };
}

function anyOf(topics: readonly string[]): string {
  return topics.length === 0 ? "^$" : topics.map(routingKeyPattern).join("|");
}

/**
 * Hash of a password as RabbitMQ keeps it (`rabbit_password_hashing_sha256`).
 * @param salt four bytes.
 * @returns base64 of salt and SHA-256.
 */
export function passwordHash(password: string, salt: Buffer): string {
  const digest = createHash("sha256").update(salt).update(password, "utf8").digest();
  return Buffer.concat([salt, digest]).toString("base64");
}
