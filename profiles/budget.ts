import type { IngestionBuffer, ProfileName, ResolvedSite } from "../fleet/model";
import type { Profile, Resources, WorkloadName } from "./profile";
import { smallestStrimzi } from "./strimzi";

/** One line of a node's budget. */
export interface BudgetPart extends Resources {
  readonly name: WorkloadName | "system reserved" | "kube reserved" | "eviction threshold" | "control plane";
  /** How many of it the node may have to carry. */
  readonly count: number;
}

/** What the busiest node of a site may have to carry, by requests, against what it has. */
export interface NodeBudget {
  readonly profile: ProfileName;
  readonly buffer: IngestionBuffer;
  readonly node: "control-plane" | "worker";
  /** In the order of the profile; their sums are `memoryMiB`, `cpuMillis`. */
  readonly parts: readonly BudgetPart[];
  readonly memoryMiB: number;
  readonly cpuMillis: number;
  /** Volumes of the parts plus what the system and images take, if all volumes land on this node. */
  readonly diskGiB: number;
  readonly machine: Profile["machine"];
  /** Memory that the platform may take at most: the machine's times `platformShare`. */
  readonly platformMaxMiB: number;
  /** What stays of the machine's memory; may be negative. */
  readonly leftMiB: number;
  readonly leftAtLeastMiB: number;
  readonly fits: boolean;
  /** What does not fit, with the numbers; empty if `fits`. */
  readonly problems: readonly string[];
}

/** Parts that run once on every node. */
const daemons: ReadonlySet<WorkloadName> = new Set(["calico", "node-exporter", "log-collector"]);

/** Parts that only a Strimzi buffer needs. RabbitMQ stays with it: Strimzi's MQTT bridge has no TLS and no logins. */
const strimziParts = Object.keys(smallestStrimzi) as WorkloadName[];

/** The system, container images and logs of a node. */
const systemDiskGiB = 30;

/** What runs only where a site asks for it. */
export interface Asked {
  readonly grafana?: boolean;
  /** An issuer for people. */
  readonly dex?: boolean;
}

/** What a site asks for. */
export function askedBy({ platform, identity }: Pick<ResolvedSite, "platform" | "identity">): Asked {
  return { grafana: platform.grafana, dex: identity?.local?.dex !== undefined };
}

/**
 * The parts that run on a site of the profile with a given ingestion buffer (the profile's own by default). A profile
 * without Strimzi gets the smallest one if asked for it; a profile with it loses it when RabbitMQ is the buffer.
 */
export function workloadsOf(
  profile: Profile,
  buffer: IngestionBuffer = profile.buffer,
  asked: Asked = {},
): Profile["workloads"] {
  const parts = Object.fromEntries(
    Object.entries(profile.workloads).filter(([name]) => !isAsked(name) || asked[name] === true),
  );
  if (buffer === "strimzi") return { ...smallestStrimzi, ...parts };
  return Object.fromEntries(Object.entries(parts).filter(([name]) => !strimziParts.includes(name as WorkloadName)));
}

const onlyAsked = ["grafana", "dex"] as const satisfies readonly (keyof Asked & WorkloadName)[];
const isAsked = (name: string): name is (typeof onlyAsked)[number] => (onlyAsked as readonly string[]).includes(name);

/** @returns the size in GiB of the volume that holds messages while the link is down; each replica holds them all. */
export function bufferStorageGiB(profile: Profile, buffer: IngestionBuffer = profile.buffer): number {
  return workloadsOf(profile, buffer)[buffer === "strimzi" ? "kafka" : "rabbitmq"]?.storageGiB ?? 0;
}

/**
 * Sums what the busiest node may have to carry: the profile's fewest nodes, every single replica on the same node, and
 * replicas of one part spread as evenly as that allows.
 */
export function nodeBudget(profile: Profile, options: { readonly buffer?: IngestionBuffer } & Asked = {}): NodeBudget {
  const buffer = options.buffer ?? profile.buffer;
  const { controlPlaneWorks, controlPlanes, workers } = profile.nodes;
  if (controlPlaneWorks) return budgetOf(profile, buffer, "control-plane", controlPlanes.min + workers.min, options);
  const worker = budgetOf(profile, buffer, "worker", workers.min, options);
  const controlPlane = budgetOf(profile, buffer, "control-plane", 0, options);
  return controlPlane.memoryMiB > worker.memoryMiB ? controlPlane : worker;
}

function budgetOf(
  profile: Profile,
  buffer: IngestionBuffer,
  node: NodeBudget["node"],
  /** Nodes that carry workloads; 0 for a node that has daemons only. */
  spread: number,
  asked: Asked,
): NodeBudget {
  const parts: BudgetPart[] = [
    { name: "system reserved", count: 1, ...profile.reserved.system },
    { name: "kube reserved", count: 1, ...profile.reserved.kube },
    { name: "eviction threshold", count: 1, cpuMillis: 0, memoryMiB: profile.reserved.evictionMemoryMiB },
  ];
  if (node === "control-plane") parts.push({ name: "control plane", count: 1, ...profile.controlPlane });
  let diskGiB = systemDiskGiB;
  for (const [name, part] of Object.entries(workloadsOf(profile, buffer, asked)) as [
    WorkloadName,
    Profile["workloads"][WorkloadName],
  ][]) {
    if (part === undefined) continue;
    const count = daemons.has(name) ? 1 : spread === 0 ? 0 : Math.ceil(part.replicas / spread);
    if (count === 0) continue;
    const { cpuMillis, memoryMiB } = part.requests;
    parts.push({ name, count, cpuMillis: cpuMillis * count, memoryMiB: memoryMiB * count });
    diskGiB += part.storageGiB * count;
  }
  const memoryMiB = sum(parts.map((part) => part.memoryMiB));
  const cpuMillis = sum(parts.map((part) => part.cpuMillis));
  const platformMaxMiB = Math.floor(profile.machine.memoryMiB * profile.platformShare);
  const leftMiB = profile.machine.memoryMiB - memoryMiB;
  const problems: string[] = [];
  if (asked.dex === true && profile.workloads.dex === undefined) {
    problems.push(`${profile.name} has no memory for an issuer for people`);
  }
  if (asked.grafana === true && profile.workloads.grafana === undefined) {
    problems.push(`${profile.name} has no memory for Grafana`);
  }
  if (memoryMiB > platformMaxMiB) {
    problems.push(`the platform needs ${memoryMiB} MiB and may take ${platformMaxMiB} MiB`);
  }
  if (leftMiB < profile.leftForWorkloadsMiB) {
    problems.push(`${Math.max(0, leftMiB)} MiB are left for workloads and ${profile.leftForWorkloadsMiB} MiB must be`);
  }
  if (cpuMillis > profile.machine.cpu * 1000) {
    problems.push(`the platform asks for ${cpuMillis}m CPU of ${profile.machine.cpu * 1000}m`);
  }
  if (diskGiB > profile.machine.diskGiB) {
    problems.push(`volumes and system need ${diskGiB} GiB of ${profile.machine.diskGiB} GiB disk`);
  }
  return {
    profile: profile.name,
    buffer,
    node,
    parts,
    memoryMiB,
    cpuMillis,
    diskGiB,
    machine: profile.machine,
    platformMaxMiB,
    leftMiB,
    leftAtLeastMiB: profile.leftForWorkloadsMiB,
    fits: problems.length === 0,
    problems,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
