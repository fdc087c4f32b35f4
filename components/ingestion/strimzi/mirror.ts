import { imageReference } from "../../../catalog";
import type { Hub, Release, ResolvedSite } from "../../../fleet/model";
import type { Workload } from "../../../profiles/profile";
import { resourcesOf } from "../../pods/resources";
import { ingestion, ingestionSecrets } from "../address";
import { bufferTopic } from "../topics";
import { heap, kafkaVersion } from "./kafka";
import { spreadOverNodes } from "../../pods/replicas";
import { podTemplate } from "./template";

/** Account of MirrorMaker at the site's own Kafka. */
export const mirrorUser = "mirror-maker";

/**
 * MirrorMaker 2 from the site's buffer to the hub, where its internal topics are too. While the hub is away its
 * connectors wait or fail and are started again; the buffer's retention holds what they have not read.
 */
export function mirrorObject(site: ResolvedSite, release: Release, hub: Hub, workload: Workload) {
  const { kafka, mirror, namespace } = ingestion;
  // Internal topics are the site's own; two sites must not share them.
  const internal = (purpose: string) => `__${site.name}-mirror-${purpose}`;
  const certificate = (secretName: string) => ({
    type: "tls",
    certificateAndKey: { secretName, certificate: "user.crt", key: "user.key" },
  });
  return {
    apiVersion: "kafka.strimzi.io/v1",
    kind: "KafkaMirrorMaker2",
    metadata: { name: mirror.name, namespace, labels: { "app.kubernetes.io/name": "mirror-maker" } },
    spec: {
      version: kafkaVersion(release),
      image: imageReference(release, site.architecture, "strimzi", "kafka"),
      replicas: workload.replicas,
      target: {
        alias: "hub",
        bootstrapServers: hub.kafkaBootstrap,
        groupId: `${site.name}-mirror`,
        configStorageTopic: internal("config"),
        offsetStorageTopic: internal("offset"),
        statusStorageTopic: internal("status"),
        tls: { trustedCertificates: [{ secretName: ingestionSecrets.hubKafka, pattern: "ca.crt" }] },
        authentication: certificate(ingestionSecrets.hubKafka),
        config: {
          // The hub's own defaults.
          "config.storage.replication.factor": -1,
          "offset.storage.replication.factor": -1,
          "status.storage.replication.factor": -1,
          "plugin.discovery": "service_load",
        },
      },
      mirrors: [
        {
          source: {
            alias: site.name,
            bootstrapServers: `${kafka.host}:${kafka.tlsPort}`,
            tls: { trustedCertificates: [{ secretName: kafka.authoritySecret, pattern: "*.crt" }] },
            authentication: certificate(mirrorUser),
          },
          sourceConnector: {
            tasksMax: 1,
            autoRestart: { enabled: true },
            config: {
              "replication.factor": -1,
              "offset-syncs.topic.replication.factor": -1,
              "offset-syncs.topic.location": "target",
              "sync.topic.acls.enabled": "false",
            },
          },
          topicsPattern: bufferTopic,
        },
      ],
      resources: resourcesOf(workload),
      jvmOptions: heap(workload.requests.memoryMiB * 0.75),
      template: workload.replicas > 1 ? apart(mirror.name) : podTemplate("connectContainer"),
    },
  };
}

/** Strimzi labels the pods itself and gives them a disruption budget. */
function apart(name: string) {
  const template = podTemplate("connectContainer");
  const labels = { "strimzi.io/kind": "KafkaMirrorMaker2", "strimzi.io/cluster": name };
  return { ...template, pod: { ...template.pod, ...spreadOverNodes(labels) } };
}
