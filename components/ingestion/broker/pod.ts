import { imageReference } from "../../../catalog";
import type { Release, ResolvedSite } from "../../../fleet/model";
import type { Workload } from "../../../profiles/profile";
import { resourcesOf } from "../../pods/resources";
import { containerSecurity, podSecurity } from "../../pods/security";
import { neighbours, tcp, toDns } from "../../pods/traffic";
import { ingestion, ingestionSecrets } from "../address";
import { folders } from "./settings";

const { broker, forwarder } = ingestion;

/** User and group `rabbitmq` of the Debian-based image. */
const rabbitmqUser = 999;

/** Ports between brokers of one cluster: epmd and Erlang distribution. */
const clusterPorts = [4369, 25672];

export const brokerConfigMap = "rabbitmq-config";

/** Pod of a broker. Its volume `data` comes from the stateful set. */
export function brokerPod(site: ResolvedSite, release: Release, workload: Workload, configuration: string) {
  const probe = { tcpSocket: { port: "amqps" }, timeoutSeconds: 5 };
  return {
    metadata: { labels: { ...broker.labels }, annotations: { "edgewave.dev/configuration": configuration } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(rabbitmqUser),
      // Queues are flushed before the node goes.
      terminationGracePeriodSeconds: 300,
      ...(workload.replicas > 1 ? { affinity: apart() } : {}),
      containers: [
        {
          name: "rabbitmq",
          image: imageReference(release, site.architecture, "rabbitmq", "rabbitmq"),
          imagePullPolicy: "IfNotPresent",
          env: [
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "RABBITMQ_USE_LONGNAME", value: "true" },
            {
              name: "RABBITMQ_NODENAME",
              value: `rabbit@$(POD_NAME).${broker.nodesService}.${ingestion.namespace}.svc.cluster.local`,
            },
            {
              name: "RABBITMQ_ERLANG_COOKIE",
              valueFrom: { secretKeyRef: { name: ingestionSecrets.brokerCookie, key: "cookie" } },
            },
          ],
          ports: [
            { name: "mqtts", containerPort: broker.mqttPort, protocol: "TCP" },
            { name: "amqps", containerPort: broker.amqpPort, protocol: "TCP" },
            { name: "metrics", containerPort: broker.metricsPort, protocol: "TCP" },
          ],
          resources: resourcesOf(workload),
          securityContext: containerSecurity(),
          startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 120 },
          readinessProbe: { ...probe, periodSeconds: 15 },
          livenessProbe: { ...probe, periodSeconds: 60, failureThreshold: 5 },
          volumeMounts: [
            { name: "data", mountPath: folders.data },
            { name: "configuration", mountPath: folders.configuration, readOnly: true },
            { name: "definitions", mountPath: folders.definitions, readOnly: true },
            { name: "tls", mountPath: folders.tls, readOnly: true },
            { name: "temporary", mountPath: "/tmp" },
            { name: "log", mountPath: "/var/log/rabbitmq" },
          ],
        },
      ],
      volumes: [
        { name: "configuration", configMap: { name: brokerConfigMap } },
        { name: "definitions", secret: { secretName: ingestionSecrets.brokerDefinitions, defaultMode: 0o440 } },
        { name: "tls", secret: { secretName: ingestionSecrets.brokerTls, defaultMode: 0o440 } },
        { name: "temporary", emptyDir: { sizeLimit: "64Mi" } },
        { name: "log", emptyDir: { sizeLimit: "64Mi" } },
      ],
    },
  };
}

function apart() {
  const term = { labelSelector: { matchLabels: { ...broker.labels } }, topologyKey: "kubernetes.io/hostname" };
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
}

/** Ports that devices reach on every node, by what the site's devices speak. */
export function brokerService(protocols: ResolvedSite["ingestion"]["protocols"]) {
  const port = (name: string, number: number, nodePort: number | undefined) => ({
    name,
    port: number,
    targetPort: name,
    ...(nodePort === undefined ? {} : { nodePort }),
  });
  return {
    type: "NodePort",
    selector: { ...broker.labels },
    ports: [
      // The forwarder needs AMQP in any case; a node port of the cluster's choice is closed by the network policy.
      port("amqps", broker.amqpPort, protocols.includes("amqp") ? broker.amqpNodePort : undefined),
      ...(protocols.includes("mqtt") ? [port("mqtts", broker.mqttPort, broker.mqttNodePort)] : []),
    ],
  };
}

/** Devices come in by the protocols that the site speaks; brokers talk to each other and to DNS only. */
export function brokerTraffic(protocols: ResolvedSite["ingestion"]["protocols"]) {
  const open = [
    ...(protocols.includes("mqtt") ? [tcp(broker.mqttPort)] : []),
    ...(protocols.includes("amqp") ? [tcp(broker.amqpPort)] : []),
  ];
  const each = neighbours(broker.labels);
  return {
    podSelector: { matchLabels: { ...broker.labels } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      ...(open.length > 0 ? [{ ports: open }] : []),
      { from: [neighbours(forwarder.labels)], ports: [tcp(broker.amqpPort)] },
      { from: [each], ports: clusterPorts.map(tcp) },
      { from: [{ namespaceSelector: {} }], ports: [tcp(broker.metricsPort)] },
    ],
    egress: [toDns(), { to: [each], ports: clusterPorts.map(tcp) }],
  };
}
