import { at, list, mapping } from "../objects/json";
import { podSource, type PodSource } from "../objects/pods";
import { selects } from "../objects/selectors";
import { kubernetesObject, type Resource } from "../resource";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";

const hostname = "kubernetes.io/hostname";

export const replicasApart: ResourceRule = {
  name: "replicas-apart",
  area: "topology",
  scope: "resource",
  description: "Where there are three control planes, replicas are kept on different nodes.",
  why: "The scheduler may put all replicas on one node, and then the loss of that node is the loss of the service.",
  fix: "Give the pods an anti-affinity or a topology spread constraint by kubernetes.io/hostname.",
  level: "mandatory",
  check: (resource, { site }) => {
    const controlPlanes = site?.nodes.filter(({ roles }) => roles.includes("control-plane")).length ?? 0;
    if (controlPlanes < 3) return [];
    const found = replicated(resource);
    if (found === undefined || found.replicas < 2 || found.apart) return [];
    return [
      violation(resource, {
        field: found.field,
        value: "missing",
        limit: `${found.replicas} replicas are kept apart by ${hostname}`,
      }),
    ];
  },
};

function replicated(resource: Resource) {
  const pod = podSource(resource);
  if (pod !== undefined) {
    if (!["Deployment", "StatefulSet"].includes(pod.object.kind)) return undefined;
    return {
      replicas: pod.replicas ?? 1,
      apart: keptApart(pod.spec, pod),
      field: [...pod.path, "topologySpreadConstraints"],
    };
  }
  const object = kubernetesObject(resource);
  if (object?.group !== "kafka.strimzi.io" || !["KafkaNodePool", "KafkaMirrorMaker2"].includes(object.kind))
    return undefined;
  const replicas = at(object.object, "spec", "replicas");
  const template = at(object.object, "spec", "template", "pod");
  return {
    replicas: typeof replicas === "number" ? replicas : 1,
    apart: keptApart(template),
    field: ["spec", "template", "pod", "topologySpreadConstraints"],
  };
}

/** @param pod with labels that the constraint has to take; unknown for pods that an operator labels. */
function keptApart(spec: unknown, pod?: PodSource): boolean {
  const takes = (term: unknown) =>
    at(term, "topologyKey") === hostname &&
    (pod === undefined || selects(mapping(at(term, "labelSelector")), pod.labels));
  const required = list(at(spec, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"));
  const preferred = list(at(spec, "affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"));
  return (
    required.some(takes) ||
    preferred.some((term) => takes(at(term, "podAffinityTerm"))) ||
    list(at(spec, "topologySpreadConstraints")).some(takes)
  );
}
