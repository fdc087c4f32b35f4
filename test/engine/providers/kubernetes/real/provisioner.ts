import { setTimeout as sleep } from "node:timers/promises";
import type { Live, RealCluster } from "./cluster";

/**
 * Plays the local-path provisioner for some namespaces: every claim that a pod names gets a volume made for it, which the
 * cluster's own controller then binds. One that no pod names stays pending, as its class says (WaitForFirstConsumer): the
 * official provider waits for that, and for ever if the claim is bound before it has looked.
 */
export class PlayedProvisioner {
  private stopped = false;
  private readonly loop: Promise<void>;

  private constructor(
    private readonly cluster: RealCluster,
    private readonly namespaces: readonly string[],
  ) {
    this.loop = this.run();
  }

  static async start(cluster: RealCluster, namespaces: readonly string[]): Promise<PlayedProvisioner> {
    await cluster.applyAs("test", {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local-path" },
      ...{ provisioner: "rancher.io/local-path", volumeBindingMode: "WaitForFirstConsumer" },
    });
    return new PlayedProvisioner(cluster, namespaces);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    const done = new Set<string>();
    while (!this.stopped) {
      for (const namespace of this.namespaces) {
        const at = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
        const { items = [] } = (await this.cluster.send("GET", at)) as Live & { items?: Live[] };
        const wanted = items.length === 0 ? new Set() : await this.claimsOfPods(namespace);
        for (const claim of items) {
          const { uid = "", name = "" } = claim.metadata ?? {};
          if (done.has(uid) || !wanted.has(name)) continue;
          done.add(uid);
          await this.cluster.send("POST", "/api/v1/persistentvolumes", volumeFor(claim));
        }
      }
      await sleep(100);
    }
  }

  private async claimsOfPods(namespace: string): Promise<ReadonlySet<string>> {
    const pods = (await this.cluster.send("GET", `/api/v1/namespaces/${namespace}/pods`)) as { items?: Live[] };
    return new Set(
      (pods.items ?? []).flatMap(({ spec }) =>
        ((spec as PodSpec | undefined)?.volumes ?? []).flatMap(
          (volume) => volume.persistentVolumeClaim?.claimName ?? [],
        ),
      ),
    );
  }
}

interface PodSpec {
  readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
}

function volumeFor({ metadata, spec }: Live): object {
  const { name = "", namespace = "", uid = "" } = metadata ?? {};
  const { accessModes, resources, storageClassName } = (spec ?? {}) as Record<string, unknown>;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `played-${uid}` },
    spec: {
      accessModes,
      storageClassName,
      capacity: (resources as { requests?: object } | undefined)?.requests,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
      hostPath: { path: `/opt/local-path-provisioner/${uid}` },
      persistentVolumeReclaimPolicy: "Retain",
    },
  };
}
