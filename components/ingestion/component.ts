import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "../pods/security";
import { ingestion, ingestionSecrets } from "./address";
import type { IngestionBridgeArgs } from "./args";
import { brokerCredentials } from "./broker/credentials";
import { runBroker } from "./broker/resources";
import { runForwarder } from "./forwarder/resources";
import { ingestionPlan, type Endpoint } from "./plan";
import { runStrimzi } from "./strimzi/resources";

export type { Endpoint } from "./plan";

const { namespace } = ingestion;

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
    const { site } = args;
    const plan = ingestionPlan(site, args.release, args.hub, args.profile);
    super("edgewave:ingestion:IngestionBridge", name, {}, opts);
    const strimzi = site.ingestion.buffer === "strimzi";

    const space = new core.Namespace(
      `${name}-namespace`,
      // Strimzi's operator gives its pods what `baseline` asks for, and not all that `restricted` does.
      { metadata: { name: namespace, labels: restrictedNamespaceLabels(strimzi ? "baseline" : "restricted") } },
      { parent: this, provider: args.provider },
    );
    const onCluster = { parent: this, provider: args.provider, dependsOn: [space] };
    brokerCredentials(name, args, plan, { parent: this }, onCluster);
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
