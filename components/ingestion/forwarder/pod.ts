import { imageReference } from "../../../catalog";
import type { Release, ResolvedSite } from "../../../fleet/model";
import type { Workload } from "../../../profiles/profile";
import { resourcesOf } from "../../pods/resources";
import { spreadOverNodes } from "../../pods/replicas";
import { containerSecurity, podSecurity } from "../../pods/security";
import { neighbours, toDns, tcp } from "../../pods/traffic";
import { ingestion, ingestionSecrets } from "../address";
import { apiPort, folders } from "./settings";

const { forwarder, broker } = ingestion;

const user = 65534;

export const forwarderConfigMap = "forwarder-config";

/** Secrets with the authority of the Kafka that is written to and with the forwarder's certificate for it. */
export interface KafkaSecrets {
  readonly authority: string;
  readonly user: string;
}

/** Pod of the forwarder; it keeps nothing of its own. */
export function forwarderPod(
  site: ResolvedSite,
  release: Release,
  workload: Workload,
  kafka: KafkaSecrets,
  configuration: string,
) {
  const probe = { tcpSocket: { port: "api" } };
  return {
    metadata: { labels: { ...forwarder.labels }, annotations: { "edgewave.dev/configuration": configuration } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(user),
      terminationGracePeriodSeconds: 60,
      ...(workload.replicas > 1 ? spreadOverNodes(forwarder.labels) : {}),
      containers: [
        {
          name: "vector",
          image: imageReference(release, site.architecture, "vector", "vector"),
          imagePullPolicy: "IfNotPresent",
          args: ["--config", `${folders.configuration}/vector.yaml`],
          ports: [{ name: "api", containerPort: apiPort, protocol: "TCP" }],
          resources: resourcesOf(workload),
          securityContext: containerSecurity(),
          readinessProbe: { ...probe, periodSeconds: 15 },
          livenessProbe: { ...probe, periodSeconds: 60, failureThreshold: 5 },
          volumeMounts: [
            { name: "configuration", mountPath: folders.configuration, readOnly: true },
            { name: "broker", mountPath: folders.broker, readOnly: true },
            { name: "kafka-authority", mountPath: folders.kafkaAuthority, readOnly: true },
            { name: "kafka-user", mountPath: folders.kafkaUser, readOnly: true },
            { name: "data", mountPath: folders.data },
          ],
        },
      ],
      volumes: [
        { name: "configuration", configMap: { name: forwarderConfigMap } },
        { name: "broker", secret: { secretName: ingestionSecrets.forwarder, defaultMode: 0o440 } },
        { name: "kafka-authority", secret: { secretName: kafka.authority, defaultMode: 0o440 } },
        { name: "kafka-user", secret: { secretName: kafka.user, defaultMode: 0o440 } },
        { name: "data", emptyDir: { sizeLimit: "64Mi" } },
      ],
    },
  };
}

/** Out to the broker, to DNS, and to the one Kafka that it writes to. */
export function forwarderTraffic(kafka: { readonly peer: object; readonly port: number }) {
  return {
    podSelector: { matchLabels: { ...forwarder.labels } },
    policyTypes: ["Ingress", "Egress"],
    egress: [
      toDns(),
      { to: [neighbours(broker.labels)], ports: [tcp(broker.amqpPort)] },
      { to: [kafka.peer], ports: [tcp(kafka.port)] },
    ],
  };
}
