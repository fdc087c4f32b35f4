import { componentOf, imageReference } from "../../../catalog";
import type { Release, ResolvedSite } from "../../../fleet/model";
import type { Profile, Workload } from "../../../profiles/profile";
import { gibibytes, millicores, mebibytes } from "../../pods/resources";
import { storageClass } from "../../pods/storage";
import { workloadOf } from "../../pods/workload";
import { ingestion } from "../address";
import { bufferTopic } from "../topics";
import type { Sizing } from "../../../profiles/bufferSizing";
import { podTemplate } from "./template";

const { kafka, bridge, forwarder, mirror, namespace } = ingestion;
const apiVersion = "kafka.strimzi.io/v1";
const partitions = 3;
const hour = 3_600_000;

/** Brokers over as many nodes as there are: two of three copies on one node would be lost with it. */
function spreadOverNodes(template: ReturnType<typeof podTemplate>) {
  const constraint = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: { matchLabels: { "strimzi.io/name": `${kafka.cluster}-kafka` } },
  };
  return { ...template, pod: { ...template.pod, topologySpreadConstraints: [constraint] } };
}

/** Metadata of an object that belongs to the cluster. */
const member = (name: string) => ({ name, namespace, labels: { "strimzi.io/cluster": kafka.cluster } });

/** Version of Kafka in a Strimzi image tag such as `1.2.0-kafka-4.3.1`. */
export function kafkaVersion(release: Release): string {
  const tag = componentOf(release, "strimzi").images["kafka"]?.tag ?? "";
  const version = tag.split("-kafka-")[1];
  if (version === undefined) throw new Error(`The tag ${JSON.stringify(tag)} of Strimzi's Kafka image has no version.`);
  return version;
}

/** The cluster: KRaft, controllers and brokers in one, as Strimzi's `kafka-single-node.yaml` example has it. */
export function kafkaObjects(site: ResolvedSite, release: Release, profile: Profile, workloads: Profile["workloads"]) {
  const broker = workloadOf("IngestionBridge", profile, workloads, "kafka");
  const entity = workloadOf("IngestionBridge", profile, workloads, "kafka-entity-operator");
  const operatorImage = imageReference(release, site.architecture, "strimzi", "operator");
  const peer = (labels: Readonly<Record<string, string>>) => ({ podSelector: { matchLabels: { ...labels } } });
  const copies = Math.min(3, broker.replicas);
  const inSync = Math.max(1, copies - 1);
  const operator = { image: operatorImage, resources: share(entity, 2) };
  return {
    pool: {
      apiVersion,
      kind: "KafkaNodePool",
      metadata: member(kafka.pool),
      spec: {
        replicas: broker.replicas,
        roles: ["controller", "broker"],
        storage: {
          type: "jbod",
          volumes: [
            {
              id: 0,
              type: "persistent-claim",
              size: gibibytes(broker.storageGiB),
              class: storageClass,
              kraftMetadata: "shared",
              deleteClaim: false,
            },
          ],
        },
        resources: share(broker, 1),
        // The other half is for the page cache, from which Kafka serves what is read soon.
        jvmOptions: heap(broker.requests.memoryMiB / 2),
        template: spreadOverNodes(podTemplate("kafkaContainer")),
      },
    },
    cluster: {
      apiVersion,
      kind: "Kafka",
      metadata: { name: kafka.cluster, namespace, labels: { "app.kubernetes.io/name": "kafka" } },
      spec: {
        kafka: {
          version: kafkaVersion(release),
          image: imageReference(release, site.architecture, "strimzi", "kafka"),
          listeners: [
            {
              name: "plain",
              port: kafka.plainPort,
              type: "internal",
              tls: false,
              // The MQTT bridge speaks neither TLS nor logins towards devices; towards Kafka it is alone here.
              networkPolicyPeers: [peer(bridge.labels)],
            },
            {
              name: "tls",
              port: kafka.tlsPort,
              type: "internal",
              tls: true,
              authentication: { type: "tls" },
              networkPolicyPeers: [peer(forwarder.labels), peer(mirror.labels)],
            },
          ],
          config: {
            "auto.create.topics.enable": false,
            "default.replication.factor": copies,
            "min.insync.replicas": inSync,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": inSync,
          },
        },
        entityOperator: {
          topicOperator: operator,
          userOperator: operator,
          template: podTemplate("topicOperatorContainer", "userOperatorContainer"),
        },
      },
    },
  };
}

/**
 * The buffer. Both limits of its retention lie beyond the longest outage that the site must bear, as far as the disk
 * allows; what the hub has is deleted by them as well.
 */
export function bufferTopicObject(site: ResolvedSite, replicas: number, sizing: Sizing) {
  const copies = Math.min(3, replicas);
  return {
    apiVersion,
    kind: "KafkaTopic",
    metadata: member(bufferTopic),
    spec: {
      partitions,
      replicas: copies,
      config: {
        "cleanup.policy": "delete",
        "retention.ms": Math.max(2 * site.link.maxOutageHours, 7 * 24) * hour,
        "retention.bytes": Math.floor(sizing.capacityBytes / partitions),
        "segment.bytes": 64 * 1024 ** 2,
        "min.insync.replicas": Math.max(1, copies - 1),
      },
    },
  };
}

/** An account by client certificate; the operator keeps it in a Secret of the same name. */
export function kafkaUser(name: string) {
  return { apiVersion, kind: "KafkaUser", metadata: member(name), spec: { authentication: { type: "tls" } } };
}

/** Java's heap, fixed, so that it cannot grow into the rest. */
export function heap(memoryMiB: number) {
  const size = `${Math.floor(memoryMiB)}m`;
  return { "-Xms": size, "-Xmx": size };
}

/** Requests and limits of one of so many equal containers. */
function share(workload: Workload, containers: number) {
  const part = ({ cpuMillis, memoryMiB }: Workload["requests"]) => ({
    cpu: millicores(Math.floor(cpuMillis / containers)),
    memory: mebibytes(Math.floor(memoryMiB / containers)),
  });
  return { requests: part(workload.requests), limits: part(workload.limits) };
}
