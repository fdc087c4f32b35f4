import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { ingestion } from "../address";
import type { IngestionBridgeArgs } from "../args";
import { labelled } from "../metadata";
import { configurationChecksum, type IngestionPlan } from "../plan";
import { oneAtATime } from "../../pods/replicas";
import { volumeAnnotations, volumeClaim } from "../../pods/storage";
import { brokerDefinitions } from "./definitions";
import { brokerConfigMap, brokerPod, brokerService, brokerTraffic } from "./pod";

const { broker } = ingestion;

/** RabbitMQ as a stateful set, with the service that devices reach on every node. */
export function runBroker(
  name: string,
  { site, release }: IngestionBridgeArgs,
  plan: IngestionPlan,
  onCluster: CustomResourceOptions,
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
  oneAtATime(
    `${name}-broker-disruptions`,
    {
      metadata: labelled(broker.service, broker.labels),
      labels: broker.labels,
      replicas: plan.broker.replicas,
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
