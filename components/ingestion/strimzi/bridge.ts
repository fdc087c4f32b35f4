import { imageReference } from "../../../catalog";
import type { Release, ResolvedSite } from "../../../fleet/model";
import type { Workload } from "../../../profiles/profile";
import { resourcesOf } from "../../pods/resources";
import { spreadOverNodes } from "../../pods/replicas";
import { containerSecurity, podSecurity } from "../../pods/security";
import { pods, tcp, toDns } from "../../pods/traffic";
import { ingestion } from "../address";
import { bufferTopic, topicPattern } from "../topics";

const { bridge, kafka, namespace } = ingestion;

export const bridgeConfigMap = "mqtt-bridge-config";

/** Namespaces whose pods may publish to the bridge carry this label. */
const publishers = { "edgewave.dev/mqtt-bridge": "allowed" };

/**
 * Files of the Strimzi MQTT bridge. Keys as in `MqttConfig` of its release 0.1.0; its README names others. Messages of
 * a topic that no filter matches go to the default topic, which is the buffer as well.
 */
export function bridgeFiles(site: ResolvedSite) {
  const properties: Readonly<Record<string, string | number>> = {
    "bridge.id": site.name,
    "bridge.topic.default": bufferTopic,
    "mqtt.host": "0.0.0.0",
    "mqtt.port": bridge.port,
    // Its default of 8092 would refuse larger messages without a word to the device.
    "mqtt.max.bytes.message": Math.max(8092, 4 * site.ingestion.messageBytes),
    "kafka.bootstrap.servers": `${kafka.host}:${kafka.plainPort}`,
    "kafka.producer.acks": "all",
  };
  const rules = site.ingestion.topics.map((filter) => ({ mqttTopic: topicPattern(filter), kafkaTopic: bufferTopic }));
  return {
    "application.properties": Object.entries(properties)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
    "topic-mapping-rules.json": `${JSON.stringify(rules, null, 2)}\n`,
    "log4j2.properties": [
      "name=MqttBridge",
      "appender.console.type=Console",
      "appender.console.name=STDOUT",
      "appender.console.layout.type=PatternLayout",
      "appender.console.layout.pattern=%d{ISO8601} %-5p %c{1}: %m%n",
      "rootLogger.level=INFO",
      "rootLogger.appenderRefs=console",
      "rootLogger.appenderRef.console.ref=STDOUT",
      "",
    ].join("\n"),
  };
}

/**
 * Pod of the Strimzi MQTT bridge, for publishers inside the cluster. It has neither TLS nor logins and takes
 * publications only, so devices come in through RabbitMQ.
 */
export function bridgePod(site: ResolvedSite, release: Release, workload: Workload, configuration: string) {
  const probe = (path: string) => ({ httpGet: { path, port: "health" }, initialDelaySeconds: 10, periodSeconds: 30 });
  return {
    metadata: { labels: { ...bridge.labels }, annotations: { "edgewave.dev/configuration": configuration } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(1001),
      ...(workload.replicas > 1 ? spreadOverNodes(bridge.labels) : {}),
      containers: [
        {
          name: "mqtt-bridge",
          image: imageReference(release, site.architecture, "mqtt-bridge", "mqtt-bridge"),
          imagePullPolicy: "IfNotPresent",
          command: ["/opt/strimzi/bin/docker/mqtt_bridge_run.sh"],
          ports: [
            { name: "mqtt", containerPort: bridge.port, protocol: "TCP" },
            { name: "health", containerPort: 8080, protocol: "TCP" },
          ],
          resources: resourcesOf(workload),
          securityContext: containerSecurity(),
          livenessProbe: probe("/healthy"),
          readinessProbe: probe("/ready"),
          volumeMounts: [
            { name: "configuration", mountPath: "/opt/strimzi/config", readOnly: true },
            { name: "temporary", mountPath: "/tmp" },
          ],
        },
      ],
      volumes: [
        { name: "configuration", configMap: { name: bridgeConfigMap } },
        { name: "temporary", emptyDir: { sizeLimit: "64Mi" } },
      ],
    },
  };
}

/** In from labelled namespaces only; out to Kafka and DNS. */
export function bridgeTraffic() {
  return {
    podSelector: { matchLabels: { ...bridge.labels } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: publishers } }], ports: [tcp(bridge.port)] }],
    egress: [
      toDns(),
      { to: [pods(namespace, { "strimzi.io/name": `${kafka.cluster}-kafka` })], ports: [tcp(kafka.plainPort)] },
    ],
  };
}
