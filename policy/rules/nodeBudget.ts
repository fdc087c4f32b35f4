import { profileOf } from "../../profiles";
import { at } from "../objects/json";
import { quantity } from "../objects/quantity";
import { sizedParts } from "../objects/sizes";
import type { Resource } from "../resource";
import type { StackRule } from "../rule";
import { fromSite, violationOf } from "../violation";

export const nodeBudget: StackRule = {
  name: "node-budget",
  area: "size",
  scope: "stack",
  description: "What all containers ask for fits the profile's budget on the smallest node that carries them.",
  why: "A site that is too full comes up, and then does not: after the first node restart some pods stay pending, and nobody is there.",
  fix: "Give the site larger nodes or a larger profile, or take something off it.",
  level: "mandatory",
  check: (resources, { site }) => {
    if (site === undefined) return [];
    const profile = profileOf(site.profile);
    const working = site.nodes
      .map((node, index) => ({ node, index }))
      .filter(({ node }) => node.roles.includes("worker") || profile.nodes.controlPlaneWorks);
    const smallest = working.reduce<(typeof working)[number] | undefined>(
      (least, next) => (least === undefined || next.node.memoryMiB < least.node.memoryMiB ? next : least),
      undefined,
    );
    if (smallest === undefined) return [];
    const { node, index } = smallest;
    const asked = sumOf(resources, working.length);
    const { system, kube, evictionMemoryMiB } = profile.reserved;
    const carriesControl = node.roles.includes("control-plane");
    const kept = {
      memoryMiB:
        system.memoryMiB + kube.memoryMiB + evictionMemoryMiB + (carriesControl ? profile.controlPlane.memoryMiB : 0),
      cpuMillis: system.cpuMillis + kube.cpuMillis + (carriesControl ? profile.controlPlane.cpuMillis : 0),
    };
    const memoryMax = node.memoryMiB - kept.memoryMiB - profile.leftForWorkloadsMiB;
    const cpuMax = node.cpu * 1000 - kept.cpuMillis;
    const name = `Node ${node.name}`;
    return [
      ...(asked.memoryMiB > memoryMax
        ? [
            violationOf(name, {
              field: "requests.memory",
              value: `${Math.ceil(asked.memoryMiB)} MiB`,
              limit: `${memoryMax} MiB of ${node.memoryMiB} MiB are there for them (${kept.memoryMiB} MiB are reserved, ${profile.leftForWorkloadsMiB} MiB are for the site's own workloads)`,
              from: fromSite("nodes", index, "memory"),
            }),
          ]
        : []),
      ...(asked.cpuMillis > cpuMax
        ? [
            violationOf(name, {
              field: "requests.cpu",
              value: `${Math.ceil(asked.cpuMillis)}m`,
              limit: `${cpuMax}m of ${node.cpu * 1000}m are there for them`,
              from: fromSite("nodes", index, "cpu"),
            }),
          ]
        : []),
    ];
  },
};

/** What one node carries at the most: daemons, and replicas spread as evenly as the nodes allow, all on it that are single. */
function sumOf(resources: readonly Resource[], nodes: number) {
  let memory = 0;
  let cpu = 0;
  for (const resource of resources) {
    // Containers of one pod run together; those that run before the others count only where they ask for more.
    const pod = { memory: 0, cpu: 0, initMemory: 0, initCpu: 0 };
    for (const { resources: sizes, replicas, init } of sizedParts(resource)) {
      const here = replicas === undefined ? 1 : Math.ceil(Math.max(0, replicas) / Math.max(1, nodes));
      const bytes = (quantity(at(sizes, "requests", "memory")) ?? 0) * here;
      const cores = (quantity(at(sizes, "requests", "cpu")) ?? 0) * here;
      if (init) {
        pod.initMemory = Math.max(pod.initMemory, bytes);
        pod.initCpu = Math.max(pod.initCpu, cores);
      } else {
        pod.memory += bytes;
        pod.cpu += cores;
      }
    }
    memory += Math.max(pod.memory, pod.initMemory);
    cpu += Math.max(pod.cpu, pod.initCpu);
  }
  return { memoryMiB: memory / 2 ** 20, cpuMillis: cpu * 1000 };
}
