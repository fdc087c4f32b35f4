import type { Bastion } from "../../fleet/model";

/** Where a node keeps the certificate of the site's authority; it is there before containerd starts. */
export const siteAuthorityPath = "/etc/containerd/edgewave/site-ca.pem";

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
  bastion: Pick<Bastion, "host" | "registryPort">,
  registries: readonly string[],
): readonly RegistryMirror[] {
  const server = registryUrl(bastion);
  const upstream = [...new Set(registries)].sort().map((prefix) => ({
    prefix,
    server,
    mirrors: [
      {
        host: `${server}/v2/${prefix}`,
        capabilities: ["pull", "resolve"] as const,
        skip_verify: false,
        override_path: true,
        ca: [siteAuthorityPath],
      },
    ],
  }));
  return [{ prefix: "_default", server, mirrors: [] }, ...upstream];
}
