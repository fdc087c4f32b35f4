import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { ingestion } from "../address";
import type { IngestionBridgeArgs } from "../args";
import { labelled, startsLater } from "../metadata";
import { configurationChecksum, type IngestionPlan } from "../plan";
import { workloadsOf } from "../../../profiles";
import { oneAtATime } from "../../pods/replicas";
import { workloadOf } from "../../pods/workload";
import { bridgeConfigMap, bridgeFiles, bridgePod, bridgeTraffic } from "./bridge";
import { bufferTopicObject, kafkaObjects, kafkaUser } from "./kafka";
import type { ResolvedSite } from "../../../fleet/model";
import { strimziDefinitions } from "./kinds";
import { mirrorObject, mirrorUser } from "./mirror";

const { bridge, forwarder } = ingestion;

/** Strimzi's Kafka as the buffer, its mirror to the hub, and the MQTT bridge. */
export function runStrimzi(
  name: string,
  { site, release, hub, profile }: IngestionBridgeArgs,
  plan: IngestionPlan,
  onCluster: CustomResourceOptions,
): void {
  const workloads = workloadsOf(profile, site.ingestion.buffer);
  const of = (part: "kafka" | "mirror-maker" | "mqtt-bridge") =>
    workloadOf("IngestionBridge", profile, workloads, part);
  const { pool, cluster } = kafkaObjects(site, release, profile, workloads);
  const files = bridgeFiles(site);
  const pod = bridgePod(site, release, of("mqtt-bridge"), configurationChecksum(files));
  const onStrimzi = { ...onCluster, dependsOn: [...dependenciesOf(onCluster), ...kindsOf(name, site, onCluster)] };
  new CustomResource(`${name}-kafka-pool`, pool, onStrimzi);
  new CustomResource(`${name}-kafka`, cluster, onStrimzi);
  new CustomResource(`${name}-topic`, bufferTopicObject(site, of("kafka").replicas, plan.sizing), onStrimzi);
  new CustomResource(`${name}-forwarder-user`, kafkaUser(forwarder.name), onStrimzi);
  new CustomResource(`${name}-mirror-user`, kafkaUser(mirrorUser), onStrimzi);
  new CustomResource(`${name}-mirror`, mirrorObject(site, release, hub, of("mirror-maker")), onStrimzi);
  new core.ConfigMap(
    `${name}-bridge-configuration`,
    { metadata: labelled(bridgeConfigMap, bridge.labels), data: files },
    onCluster,
  );
  new apps.Deployment(
    `${name}-bridge`,
    {
      metadata: { ...labelled(bridge.name, bridge.labels), ...startsLater(site) },
      spec: {
        replicas: of("mqtt-bridge").replicas,
        selector: { matchLabels: { ...bridge.labels } },
        template: pod,
      },
    },
    onCluster,
  );
  oneAtATime(
    `${name}-bridge-disruptions`,
    {
      metadata: labelled(bridge.name, bridge.labels),
      labels: bridge.labels,
      replicas: of("mqtt-bridge").replicas,
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

/**
 * Only where objects are applied: rendered ones wait for whoever applies them. Whatever Strimzi's chart makes of a kind
 * later is left as it is.
 */
function kindsOf(name: string, { target }: ResolvedSite, onCluster: CustomResourceOptions): CustomResourceDefinition[] {
  if (target === "render") return [];
  return strimziDefinitions().map(({ plural, definition }) => {
    return new CustomResourceDefinition(`${name}-${plural}`, definition, { ...onCluster, ignoreChanges: ["spec"] });
  });
}

function dependenciesOf({ dependsOn = [] }: CustomResourceOptions): Resource[] {
  return (Array.isArray(dependsOn) ? dependsOn : [dependsOn]) as Resource[];
}
