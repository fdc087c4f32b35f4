/** Where the parts of ingestion are on every site. */
export const ingestion = {
  namespace: "ingestion",
  broker: {
    service: "rabbitmq",
    nodesService: "rabbitmq-nodes",
    host: "rabbitmq.ingestion.svc.cluster.local",
    labels: { "app.kubernetes.io/name": "rabbitmq" },
    mqttPort: 8883,
    amqpPort: 5671,
    metricsPort: 15692,
    /** On every node. */
    mqttNodePort: 30883,
    amqpNodePort: 30671,
  },
  forwarder: { name: "forwarder", labels: { "app.kubernetes.io/name": "forwarder" } },
  bridge: { name: "mqtt-bridge", labels: { "app.kubernetes.io/name": "mqtt-bridge" }, port: 1883 },
  kafka: {
    cluster: "buffer",
    pool: "combined",
    host: "buffer-kafka-bootstrap.ingestion.svc.cluster.local",
    plainPort: 9092,
    tlsPort: 9093,
    /** Secret in which the operator keeps the cluster's authority. */
    authoritySecret: "buffer-cluster-ca-cert",
  },
  mirror: { name: "hub", labels: { "strimzi.io/kind": "KafkaMirrorMaker2" } },
} as const;

/** Secrets of ingestion. `hubKafka` is put there by the hub's owner: `ca.crt`, `user.crt` and `user.key`. */
export const ingestionSecrets = {
  brokerTls: "rabbitmq-tls",
  brokerDefinitions: "rabbitmq-definitions",
  brokerCookie: "rabbitmq-cookie",
  /** Certificate that field gateways log in with. */
  gateway: "gateway-client",
  forwarder: "forwarder-broker",
  hubKafka: "hub-kafka",
} as const;

/** DNS name by which devices reach the broker. */
export function brokerHost(domain: string): string {
  return `broker.${domain}`;
}
