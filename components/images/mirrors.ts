import type { Bastion } from "../../fleet/model";

/** What a node has for the image path before containerd starts; the key is readable by root alone. */
export const nodePaths = {
  folder: "/etc/containerd/edgewave",
  authority: "/etc/containerd/edgewave/site-ca.pem",
  clientCertificate: "/etc/containerd/edgewave/client.pem",
  clientKey: "/etc/containerd/edgewave/client-key.pem",
} as const;

/**
 * Ansible variables that hold secrets. Rendered files name them and never hold them: whoever runs a playbook gives their
 * values, from the stack's secret output `nodeVariables`, in a file of extra variables.
 */
export const secretVariables = {
  authorization: "edgewave_registry_authorization",
  clientCertificate: "edgewave_registry_client_certificate",
  clientKey: "edgewave_registry_client_key",
} as const;

/** An entry of Kubespray's `containerd_registries_mirrors` (roles/container-engine/containerd, v2.31.0). */
export interface RegistryMirror {
  /** Registry that images are named by, or `_default` for all that have no entry of their own. */
  readonly prefix: string;
  /** What containerd asks after the mirrors. Left out, it would be the upstream itself. */
  readonly server: string;
  readonly mirrors: readonly MirrorHost[];
}

export interface MirrorHost {
  readonly host: string;
  readonly capabilities: readonly ("pull" | "resolve")[];
  readonly skip_verify: boolean;
  /** The host's path is complete: containerd adds no `/v2` of its own. */
  readonly override_path: boolean;
  /** Paths of PEM files on the node. */
  readonly ca: readonly string[];
  /** Pairs of paths on the node: certificate and key. */
  readonly client?: readonly (readonly [string, string])[];
  /** containerd 2 knows no other way to give a password. Kubespray writes the file for root alone (0640). */
  readonly header?: Readonly<Record<string, string>>;
}

/** `https://host:port` of the bastion's registry. */
export function registryUrl(bastion: Pick<Bastion, "host" | "registryPort">): string {
  return `https://${bastion.host}:${bastion.registryPort}`;
}

/**
 * Routes every upstream registry through the bastion, each under a path of its own name, and sends what is left to
 * the bastion as well, so that no pull ever looks for the internet.
 * @param registries upstream registries in use, such as `docker.io`; order and repetition do not matter.
 * @returns in order of prefix, `_default` first.
 */
export function mirrorsOf(
  bastion: Pick<Bastion, "host" | "registryPort" | "registryAuthentication">,
  registries: readonly string[],
): readonly RegistryMirror[] {
  const server = registryUrl(bastion);
  const access = accessOf(bastion);
  const upstream = [...new Set(registries)].sort().map((prefix) => ({
    prefix,
    server,
    mirrors: [
      {
        host: `${server}/v2/${prefix}`,
        capabilities: ["pull", "resolve"] as const,
        skip_verify: false,
        override_path: true,
        ca: [nodePaths.authority],
        ...access,
      },
    ],
  }));
  return [{ prefix: "_default", server, mirrors: [] }, ...upstream];
}

/** How a node shows the registry who it is. */
function accessOf({ registryAuthentication }: Pick<Bastion, "registryAuthentication">) {
  switch (registryAuthentication) {
    case "none":
      return {};
    case "password":
      return { header: { Authorization: `{{ ${secretVariables.authorization} }}` } };
    case "certificate":
      return { client: [[nodePaths.clientCertificate, nodePaths.clientKey] as const] };
  }
}
