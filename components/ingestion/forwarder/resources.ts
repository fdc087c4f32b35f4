import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { ingestion } from "../address";
import type { IngestionBridgeArgs } from "../args";
import { oneAtATime } from "../../pods/replicas";
import { labelled, startsLater } from "../metadata";
import { configurationChecksum, type IngestionPlan } from "../plan";
import { forwarderConfigMap, forwarderPod, forwarderTraffic } from "./pod";

const { forwarder } = ingestion;

/** Vector, between the broker and Kafka. */
export function runForwarder(
  name: string,
  { site, release }: IngestionBridgeArgs,
  plan: IngestionPlan,
  onCluster: CustomResourceOptions,
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
      metadata: { ...labelled(forwarder.name, forwarder.labels), ...startsLater(site) },
      spec: {
        replicas: plan.forwarder.replicas,
        selector: { matchLabels: { ...forwarder.labels } },
        template: pod,
      },
    },
    onCluster,
  );
  oneAtATime(
    `${name}-forwarder-disruptions`,
    {
      metadata: labelled(forwarder.name, forwarder.labels),
      labels: forwarder.labels,
      replicas: plan.forwarder.replicas,
    },
    onCluster,
  );
  new networking.NetworkPolicy(
    `${name}-forwarder-traffic`,
    { metadata: labelled(forwarder.name, forwarder.labels), spec: forwarderTraffic({ peer, port }) },
    onCluster,
  );
}
