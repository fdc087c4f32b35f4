import { setTimeout as sleep } from "node:timers/promises";
import type { Live, RealCluster } from "./cluster";

/** How a played pod goes: it becomes ready, ends well, or its image cannot be pulled. */
export type Fate = "ready" | "succeeds" | "no image";

const node = "played-node";
const waitingState = { waiting: { reason: "ImagePullBackOff", message: "no such image" } };

/**
 * Plays the scheduler and a node for the pods of one namespace: nothing runs, but every pod is bound to the node and
 * gets the status that a kubelet would report.
 */
export class PlayedKubelet {
  private stopped = false;
  private readonly played = new Set<string>();
  private readonly loop: Promise<void>;

  constructor(
    private readonly cluster: RealCluster,
    private readonly namespace: string,
    private readonly fateOf: (pod: Live) => Fate = () => "ready",
  ) {
    this.loop = this.run();
  }

  static async addNode(cluster: RealCluster): Promise<void> {
    await cluster.send("POST", "/api/v1/nodes", { kind: "Node", apiVersion: "v1", metadata: { name: node } });
    const conditions = [{ type: "Ready", status: "True", reason: "Played", message: "" }];
    await cluster.report(`/api/v1/nodes/${node}`, {
      conditions,
      allocatable: { pods: "110", cpu: "8", memory: "8Gi" },
    });
    // The controllers taint a node that is new until they have seen it.
    await cluster.send("PATCH", `/api/v1/nodes/${node}`, { spec: { taints: null } }, "application/merge-patch+json");
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const at = `/api/v1/namespaces/${this.namespace}/pods`;
      const list = (await this.cluster.send("GET", at)) as Live & { items?: Live[] };
      for (const pod of list.items ?? []) await this.play(at, pod);
      await sleep(100);
    }
  }

  private async play(at: string, pod: Live): Promise<void> {
    const { name = "", uid = "", deletionTimestamp } = pod.metadata ?? {};
    if (deletionTimestamp !== undefined) {
      await this.cluster.send("DELETE", `${at}/${name}`, {
        gracePeriodSeconds: 0,
        kind: "DeleteOptions",
        apiVersion: "v1",
      });
      return;
    }
    if (this.played.has(uid)) return;
    this.played.add(uid);
    if (pod.spec?.["nodeName"] === undefined) {
      const target = { apiVersion: "v1", kind: "Node", name: node };
      await this.cluster.send("POST", `${at}/${name}/binding`, {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name },
        target,
      });
    }
    await this.cluster.report(`${at}/${name}`, statusOf(pod, this.fateOf(pod), this.played.size));
  }
}

function statusOf(pod: Live, fate: Fate, number: number): object {
  const is = (type: string, status: boolean): object => ({ type, status: status ? "True" : "False" });
  const ready = fate === "ready";
  const now = new Date().toISOString();
  const state =
    fate === "ready"
      ? { running: { startedAt: now } }
      : fate === "succeeds"
        ? { terminated: { exitCode: 0, reason: "Completed", finishedAt: now } }
        : waitingState;
  const containers = pod.spec?.["containers"] as unknown as { name: string; image: string }[];
  return {
    phase: fate === "ready" ? "Running" : fate === "succeeds" ? "Succeeded" : "Pending",
    podIP: `10.254.0.${number}`,
    podIPs: [{ ip: `10.254.0.${number}` }],
    startTime: now,
    conditions: [is("PodScheduled", true), is("Initialized", true), is("Ready", ready), is("ContainersReady", ready)],
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image,
      imageID: "",
      ready,
      started: ready,
      restartCount: 0,
      state,
    })),
  };
}
