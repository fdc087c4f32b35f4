import { profileOf } from "../../profiles";
import { at } from "../objects/json";
import { podSource } from "../objects/pods";
import { kubernetesObject, type Resource } from "../resource";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

export const replicasFitTopology: ResourceRule = {
  name: "replicas-fit-topology",
  area: "size",
  scope: "resource",
  description: "There are no more replicas than nodes that may carry them, and none on a single node.",
  why: "Two replicas on one machine take its memory twice and are lost together; one that must be alone on a node stays pending.",
  fix: "Lower the replicas, or give the site more nodes.",
  level: "mandatory",
  check: (resource, { site }) => {
    if (site === undefined) return [];
    const found = replicasOf(resource);
    if (found === undefined) return [];
    const works = profileOf(site.profile).nodes.controlPlaneWorks;
    const nodes = site.nodes.filter(({ roles }) => works || roles.includes("worker")).length;
    if (found <= Math.max(1, nodes)) return [];
    return [
      violation(resource, {
        field: "spec.replicas",
        value: String(found),
        limit: `the site has ${nodes} ${nodes === 1 ? "node" : "nodes"} that carry workloads`,
        from: fromSite("nodes"),
      }),
    ];
  },
};

function replicasOf(resource: Resource): number | undefined {
  const pod = podSource(resource);
  if (pod !== undefined) return pod.object.kind === "Pod" ? undefined : pod.replicas;
  const object = kubernetesObject(resource);
  if (object?.group !== "kafka.strimzi.io") return undefined;
  const replicas = at(object.object, "spec", "replicas");
  return ["KafkaNodePool", "KafkaMirrorMaker2", "KafkaConnect", "KafkaBridge"].includes(object.kind) &&
    typeof replicas === "number"
    ? replicas
    : undefined;
}
