import { accounts, bufferQueue } from "../broker/definitions";
import { ingestion } from "../address";

/** Folders in the forwarder's pod. */
export const folders = {
  configuration: "/etc/vector",
  /** Password for the broker, and the site's authority. */
  broker: "/etc/forwarder/broker",
  /** Authority of the Kafka it writes to. */
  kafkaAuthority: "/etc/forwarder/kafka-authority",
  /** Certificate and key for that Kafka. */
  kafkaUser: "/etc/forwarder/kafka-user",
  data: "/var/lib/vector",
} as const;

export const apiPort = 8686;

/** Messages that the forwarder holds at a time, and so the most that are sent twice after a fault. */
const inFlight = 1000;

/**
 * Vector's configuration: from the broker's queue to one Kafka topic. A message is confirmed to the broker only once
 * Kafka has it, and there is no buffer in between, so each message is in one place that is on disk. Vector reads the
 * password from a file (`SECRET[...]`), never from its environment.
 * @param kafka `host:port` list and topic to write to.
 */
export function forwarderSettings(kafka: { readonly bootstrap: string; readonly topic: string }) {
  const { broker } = ingestion;
  const login = `${accounts.forwarder}:SECRET[broker.password]`;
  return {
    data_dir: folders.data,
    api: { enabled: true, address: `0.0.0.0:${apiPort}` },
    secret: { broker: { type: "directory", path: folders.broker } },
    sources: {
      broker: {
        type: "amqp",
        connection_string: `amqps://${login}@${broker.host}:${broker.amqpPort}/%2f?heartbeat=30`,
        queue: bufferQueue,
        consumer: "forwarder",
        // Without a limit the broker would send all it has.
        prefetch_count: inFlight,
        tls: { ca_file: `${folders.broker}/ca.crt` },
        decoding: { codec: "bytes" },
      },
    },
    sinks: {
      kafka: {
        type: "kafka",
        inputs: ["broker"],
        bootstrap_servers: kafka.bootstrap,
        topic: kafka.topic,
        // The MQTT topic as a key keeps the messages of one topic in order.
        key_field: "routing",
        encoding: { codec: "raw_message" },
        compression: "zstd",
        // No time limit: a message that times out would be given back over and over while the link is down.
        message_timeout_ms: 0,
        librdkafka_options: { "enable.idempotence": "true" },
        tls: {
          enabled: true,
          ca_file: `${folders.kafkaAuthority}/ca.crt`,
          crt_file: `${folders.kafkaUser}/user.crt`,
          key_file: `${folders.kafkaUser}/user.key`,
        },
        acknowledgements: { enabled: true },
        buffer: { type: "memory", max_events: inFlight, when_full: "block" },
        healthcheck: { enabled: false },
      },
    },
  };
}
