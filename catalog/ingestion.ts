import type { CatalogComponent } from "./component";

const both = ["amd64", "arm64"] as const;

/** MQTT 3.1.1 and 5.0 and AMQP 1.0 and 0.9.1; versions and architectures from docker-library/official-images. */
const rabbitmq = (version: string): CatalogComponent => ({
  name: "rabbitmq",
  version,
  source: "https://github.com/rabbitmq/rabbitmq-server",
  licence: "MPL-2.0",
  architectures: both,
  images: { rabbitmq: { repository: "docker.io/library/rabbitmq", tag: version } },
  chart: undefined,
});

/** Operator, and the Kafka that this operator version runs by default (`kafka-versions.yaml` at the tag). */
const strimzi = (version: string, kafka: string): CatalogComponent => ({
  name: "strimzi",
  version,
  source: "https://github.com/strimzi/strimzi-kafka-operator",
  licence: "Apache-2.0",
  architectures: both,
  images: {
    operator: { repository: "quay.io/strimzi/operator", tag: version },
    kafka: { repository: "quay.io/strimzi/kafka", tag: `${version}-kafka-${kafka}` },
  },
  chart: {
    repository: "oci://quay.io/strimzi-helm",
    name: "strimzi-kafka-operator",
    version,
    sizes: [["resources"]],
  },
});

/** The only release (2023-12-24): no TLS, no authentication, publish only; it stands behind RabbitMQ. */
const mqttBridge: CatalogComponent = {
  name: "mqtt-bridge",
  version: "0.1.0",
  source: "https://github.com/strimzi/strimzi-mqtt-bridge",
  licence: "Apache-2.0",
  architectures: both,
  images: { "mqtt-bridge": { repository: "quay.io/strimzi/mqtt-bridge", tag: "0.1.0" } },
  chart: undefined,
};

const vector = (version: string): CatalogComponent => ({
  name: "vector",
  version,
  source: "https://github.com/vectordotdev/vector",
  licence: "MPL-2.0",
  architectures: both,
  images: { vector: { repository: "docker.io/timberio/vector", tag: `${version}-distroless-libc` } },
  chart: undefined,
});

/** Messages in, kept on site, and forwarded to the hub. */
export const ingestionVersions: readonly CatalogComponent[] = [
  ...["4.2.9", "4.3.5"].map(rabbitmq),
  strimzi("1.1.0", "4.3.0"),
  strimzi("1.2.0", "4.3.1"),
  mqttBridge,
  ...["0.56.0", "0.57.0"].map(vector),
];
