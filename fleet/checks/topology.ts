import type { Knowledge } from "../knowledge";
import type { ResolvedSite } from "../model";
import type { Problem } from "../problem";
import { quote } from "../quote";
import type { Check } from "./check";

type Profile = ReturnType<Knowledge["profiles"]["profileOf"]>;

/** Counts, roles and machines are those of the profile. */
export const checkTopology: Check = ({ sites, knowledge }) =>
  sites.flatMap((site) => {
    const profile = knowledge.profiles.profileOf(site.profile);
    return [...countProblems(site, profile), ...roleProblems(site, profile), ...machineProblems(site, profile)];
  });

function countProblems(site: ResolvedSite, { name, nodes }: Profile): Problem[] {
  const controlPlanes = site.nodes.filter((node) => node.roles.includes("control-plane")).length;
  const workers = site.nodes.length - controlPlanes;
  const problems: Problem[] = [];
  const check = (code: Problem["code"], what: string, count: number, range: Profile["nodes"]["workers"]) => {
    if (count >= range.min && count <= range.max) return;
    problems.push({
      code,
      source: site.source,
      path: ["spec", "nodes"],
      message: `${count} ${what}, and ${name} has ${rangeText(range)}`,
    });
  };
  check("EDGE-SITE-001", controlPlanes === 1 ? "control plane" : "control planes", controlPlanes, nodes.controlPlanes);
  check("EDGE-SITE-002", workers === 1 ? "worker" : "workers", workers, nodes.workers);
  return problems;
}

function roleProblems(site: ResolvedSite, { name, nodes }: Profile): Problem[] {
  return site.nodes.flatMap((node, index): Problem[] => {
    const at = { source: site.source, path: ["spec", "nodes", index, "roles"] };
    if (new Set(node.roles).size < node.roles.length) {
      return [{ code: "EDGE-SITE-003", ...at, message: `${quote(node.roles[0])} is there twice` }];
    }
    if (!node.roles.includes("control-plane") || node.roles.includes("worker") === nodes.controlPlaneWorks) return [];
    return [
      nodes.controlPlaneWorks
        ? {
            code: "EDGE-SITE-003",
            ...at,
            message: `the control plane of ${name} carries workloads, and ${node.name} is no worker`,
            hint: "Write roles: [control-plane, worker].",
          }
        : {
            code: "EDGE-SITE-003",
            ...at,
            message: `the control planes of ${name} carry no workloads, and ${node.name} is a worker too`,
            hint: "Write roles: [control-plane].",
          },
    ];
  });
}

function machineProblems(site: ResolvedSite, { name, machine }: Profile): Problem[] {
  return site.nodes.flatMap((node, index) => {
    const checks = [
      ["cpu", node.cpu, machine.cpu, "CPUs"],
      ["memory", node.memoryMiB, machine.memoryMiB, "MiB of memory"],
      ["disk", node.diskGiB, machine.diskGiB, "GiB of disk"],
    ] as const;
    return checks
      .filter(([, has, needs]) => has < needs)
      .map(([key, has, needs, unit]) => ({
        code: "EDGE-SITE-004" as const,
        source: site.source,
        path: ["spec", "nodes", index, key],
        message: `${node.name} has ${has} ${unit}, and ${name} needs ${needs}`,
      }));
  });
}

function rangeText({ min, max }: Profile["nodes"]["workers"]): string {
  if (min === max) return String(min);
  return max === Infinity ? `${min} or more` : `${min} to ${max}`;
}
