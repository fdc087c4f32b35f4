import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { PortForward } from "@kubernetes/client-node";
import type { SiteKubeconfig } from "../surroundings";
import { isObject, KubernetesClient, textAt } from "./client";
import { readKubeconfig } from "./kubeconfig";

/** A pod's port on loopback. What goes through is the pod's own protocol: its TLS ends at whoever connects. */
export interface Forward {
  readonly host: "127.0.0.1";
  readonly port: number;
  close(): Promise<void>;
}

/** What is forwarded to: a running pod of the namespace with the labels. */
export interface ForwardTo {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

/**
 * Forwards a port of loopback to a pod by its API server, as `kubectl port-forward` does, so that a service that nobody
 * outside of the cluster is let into can be configured. No network policy stands in the way: the kubelet connects inside
 * of the pod.
 * @throws Error with a message for people if there is no such pod, or the API server does not answer
 */
export async function forwardTo(kubeconfig: SiteKubeconfig, to: ForwardTo, signal: AbortSignal): Promise<Forward> {
  const client = new KubernetesClient(readKubeconfig(kubeconfig));
  const pod = await runningPod(client, to, signal);
  const forward = new PortForward(client.config);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    // A connection that the API server refuses is seen as one that ends.
    forward.portForward(to.namespace, pod, [to.port], socket, null, socket).then(
      (connection) => {
        if (typeof connection === "function") return;
        connection.on("close", () => socket.end());
        connection.on("error", () => socket.destroy());
        socket.once("close", () => connection.close());
      },
      () => socket.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function runningPod(
  client: KubernetesClient,
  { namespace, labels }: ForwardTo,
  signal: AbortSignal,
): Promise<string> {
  const pods = (await client.list(`/api/v1/namespaces/${namespace}/pods`, signal)) ?? [];
  const fits = pods.filter((pod) => {
    const { metadata } = pod as { readonly metadata?: { readonly labels?: unknown } };
    const has = isObject(metadata?.labels) ? metadata.labels : {};
    return (
      textAt(pod, "status", "phase") === "Running" && Object.entries(labels).every(([key, value]) => has[key] === value)
    );
  });
  const name = textAt(fits[0], "metadata", "name");
  if (name === undefined) throw new Error(`there is no running pod of ${namespace} to connect to`);
  // A site's API server names it; the name becomes part of a path.
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name))
    throw new Error("the API server gave a pod no name of a pod");
  return name;
}
