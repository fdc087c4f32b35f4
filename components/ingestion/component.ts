import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { workloadsOf } from "../../profiles";
import { restrictedNamespaceLabels } from "../pods/security";
import { volumeAnnotations, volumeClaim } from "../pods/storage";
import { workloadOf } from "../pods/workload";
import { requireSupportedTarget } from "../supportedTarget";
import { ingestion, ingestionSecrets } from "./address";
import type { IngestionBridgeArgs } from "./args";
import { brokerCredentials } from "./broker/credentials";
import { brokerDefinitions } from "./broker/definitions";
import { brokerConfigMap, brokerPod, brokerService, brokerTraffic } from "./broker/pod";
import { forwarderConfigMap, forwarderPod, forwarderTraffic } from "./forwarder/pod";
import { configurationChecksum, ingestionPlan, type Endpoint, type IngestionPlan } from "./plan";
import { bridgeConfigMap, bridgeFiles, bridgePod, bridgeTraffic } from "./strimzi/bridge";
import { bufferTopicObject, kafkaObjects, kafkaUser } from "./strimzi/kafka";
import { mirrorObject, mirrorUser } from "./strimzi/mirror";

export type { Endpoint } from "./plan";

const { namespace, broker, forwarder, bridge } = ingestion;

/**
 * Takes messages in over MQTT and AMQP, holds them on the site, and forwards them to the hub whenever there is a link.
 *
 * Devices reach RabbitMQ by TLS with certificates. With the buffer `rabbitmq` its queue holds what the hub has not
 * confirmed. With `strimzi` the messages go on to the site's own Kafka, from which MirrorMaker 2 takes them to the hub,
 * and the Strimzi MQTT bridge serves publishers inside the cluster. The Strimzi operator, and with it the kinds of
 * these objects, is delivered by Flux; until it is there the objects wait.
 */
export class IngestionBridge extends pulumi.ComponentResource {
  readonly endpoints: pulumi.Output<readonly Endpoint[]>;
  /** MQTT topic filters that are taken. */
  readonly topics: pulumi.Output<readonly string[]>;
  /** Kafka topic at the hub. */
  readonly hubTopic: pulumi.Output<string>;
  readonly bufferBytes: pulumi.Output<number>;
  /** Hours without a link that the buffer bears at the site's mean rate. */
  readonly horizonHours: pulumi.Output<number>;
  /** Whether the horizon is at least the longest outage that the site must bear. */
  readonly coversOutage: pulumi.Output<boolean>;
  readonly namespace: pulumi.Output<string>;
  /** Names of Secrets that the site must be given by the hub's owner. */
  readonly suppliedSecrets: pulumi.Output<readonly string[]>;

  constructor(name: string, args: IngestionBridgeArgs, opts?: pulumi.ComponentResourceOptions) {
    requireSupportedTarget("IngestionBridge", args.site);
    const { site } = args;
    const plan = ingestionPlan(site, args.release, args.hub, args.profile);
    super("edgewave:ingestion:IngestionBridge", name, {}, opts);
    const onCluster = { parent: this, provider: args.provider };
    const strimzi = site.ingestion.buffer === "strimzi";

    new core.Namespace(
      `${name}-namespace`,
      // Strimzi's operator gives its pods what `baseline` asks for, and not all that `restricted` does.
      { metadata: { name: namespace, labels: restrictedNamespaceLabels(strimzi ? "baseline" : "restricted") } },
      onCluster,
    );
    brokerCredentials(name, args, plan, { parent: this });
    runBroker(name, args, plan, onCluster);
    runForwarder(name, args, plan, onCluster);
    if (strimzi) runStrimzi(name, args, plan, onCluster);

    this.endpoints = pulumi.output([...plan.endpoints]);
    this.topics = pulumi.output([...site.ingestion.topics]);
    this.hubTopic = pulumi.output(plan.hubTopic);
    this.bufferBytes = pulumi.output(plan.sizing.capacityBytes);
    this.horizonHours = pulumi.output(plan.sizing.horizonHours);
    this.coversOutage = pulumi.output(plan.sizing.coversOutage);
    this.namespace = pulumi.output<string>(namespace);
    this.suppliedSecrets = pulumi.output([ingestionSecrets.hubKafka]);
    this.registerOutputs({
      endpoints: this.endpoints,
      topics: this.topics,
      hubTopic: this.hubTopic,
      bufferBytes: this.bufferBytes,
      horizonHours: this.horizonHours,
      coversOutage: this.coversOutage,
      namespace: this.namespace,
      suppliedSecrets: this.suppliedSecrets,
    });
  }
}

function runBroker(
  name: string,
  { site, release }: IngestionBridgeArgs,
  plan: IngestionPlan,
  onCluster: pulumi.CustomResourceOptions,
): void {
  const { protocols, topics } = site.ingestion;
  // The definitions with a fixed hash: the pod starts anew for what is in them, not for the password.
  const definitions = brokerDefinitions(topics, plan.broker, plan.sizing, "");
  const pod = brokerPod(site, release, plan.broker, configurationChecksum(plan.brokerFiles, definitions));
  new core.ConfigMap(
    `${name}-broker-configuration`,
    { metadata: labelled(brokerConfigMap, broker.labels), data: plan.brokerFiles },
    onCluster,
  );
  new core.Service(
    `${name}-broker-nodes`,
    {
      metadata: labelled(broker.nodesService, broker.labels),
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: { ...broker.labels },
        ports: [{ name: "amqps", port: broker.amqpPort, targetPort: "amqps" }],
      },
    },
    onCluster,
  );
  new apps.StatefulSet(
    `${name}-broker-set`,
    {
      metadata: labelled(broker.service, broker.labels),
      spec: {
        replicas: plan.broker.replicas,
        serviceName: broker.nodesService,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: { ...broker.labels } },
        template: pod,
        volumeClaimTemplates: [
          { metadata: { name: "data", annotations: volumeAnnotations }, spec: volumeClaim(plan.broker.storageGiB) },
        ],
      },
    },
    onCluster,
  );
  new core.Service(
    `${name}-broker-service`,
    { metadata: labelled(broker.service, broker.labels), spec: brokerService(protocols) },
    onCluster,
  );
  new networking.NetworkPolicy(
    `${name}-broker-traffic`,
    { metadata: labelled(broker.service, broker.labels), spec: brokerTraffic(protocols) },
    onCluster,
  );
}

function runForwarder(
  name: string,
  { site, release }: IngestionBridgeArgs,
  plan: IngestionPlan,
  onCluster: pulumi.CustomResourceOptions,
): void {
  const { secrets, peer, port } = plan.forwarderKafka;
  const pod = forwarderPod(site, release, plan.forwarder, secrets, configurationChecksum(plan.forwarderFiles));
  new core.ConfigMap(
    `${name}-forwarder-configuration`,
    { metadata: labelled(forwarderConfigMap, forwarder.labels), data: plan.forwarderFiles },
    onCluster,
  );
  new apps.Deployment(
    `${name}-forwarder`,
    {
      metadata: labelled(forwarder.name, forwarder.labels),
      spec: {
        replicas: plan.forwarder.replicas,
        selector: { matchLabels: { ...forwarder.labels } },
        template: pod,
      },
    },
    onCluster,
  );
  new networking.NetworkPolicy(
    `${name}-forwarder-traffic`,
    { metadata: labelled(forwarder.name, forwarder.labels), spec: forwarderTraffic({ peer, port }) },
    onCluster,
  );
}

function runStrimzi(
  name: string,
  { site, release, hub, profile }: IngestionBridgeArgs,
  plan: IngestionPlan,
  onCluster: pulumi.CustomResourceOptions,
): void {
  const workloads = workloadsOf(profile, site.ingestion.buffer);
  const of = (part: "kafka" | "mirror-maker" | "mqtt-bridge") =>
    workloadOf("IngestionBridge", profile, workloads, part);
  const { pool, cluster } = kafkaObjects(site, release, profile, workloads);
  const files = bridgeFiles(site);
  const pod = bridgePod(site, release, of("mqtt-bridge"), configurationChecksum(files));
  new CustomResource(`${name}-kafka-pool`, pool, onCluster);
  new CustomResource(`${name}-kafka`, cluster, onCluster);
  new CustomResource(`${name}-topic`, bufferTopicObject(site, of("kafka").replicas, plan.sizing), onCluster);
  new CustomResource(`${name}-forwarder-user`, kafkaUser(forwarder.name), onCluster);
  new CustomResource(`${name}-mirror-user`, kafkaUser(mirrorUser), onCluster);
  new CustomResource(`${name}-mirror`, mirrorObject(site, release, hub, of("mirror-maker")), onCluster);
  new core.ConfigMap(
    `${name}-bridge-configuration`,
    { metadata: labelled(bridgeConfigMap, bridge.labels), data: files },
    onCluster,
  );
  new apps.Deployment(
    `${name}-bridge`,
    {
      metadata: labelled(bridge.name, bridge.labels),
      spec: {
        replicas: of("mqtt-bridge").replicas,
        selector: { matchLabels: { ...bridge.labels } },
        template: pod,
      },
    },
    onCluster,
  );
  new core.Service(
    `${name}-bridge-service`,
    {
      metadata: labelled(bridge.name, bridge.labels),
      spec: { selector: { ...bridge.labels }, ports: [{ name: "mqtt", port: bridge.port, targetPort: "mqtt" }] },
    },
    onCluster,
  );
  new networking.NetworkPolicy(
    `${name}-bridge-traffic`,
    { metadata: labelled(bridge.name, bridge.labels), spec: bridgeTraffic() },
    onCluster,
  );
}

function labelled(name: string, labels: Readonly<Record<string, string>>) {
  return { name, namespace, labels: { ...labels } };
}
