import type { Release, ResolvedSite } from "../fleet/model";
import { compareVersions } from "../fleet/versions";
import { clientOf, isObject, type LiveObject, textAt } from "./kubernetes/client";

/** containerd reads `hosts.toml` files from 1.5 on (containerd, docs/hosts.md). */
const leastContainerd = "1.5.0";

/** In milliseconds; a cluster that does not answer will be found by the run itself. */
const patience = 20_000;

/** Asks a cluster for its nodes, and reports. @throws Error if it does not answer. */
export async function askedImagePath(kubeconfig: string, site: ResolvedSite, release: Release): Promise<string[]> {
  const client = await clientOf(site, { kubeconfigOf: () => Promise.resolve({ text: kubeconfig, trusted: true }) });
  const nodes = await client?.list("/api/v1/nodes", AbortSignal.timeout(patience));
  return imagePathReport(nodes ?? [], site, release);
}

/**
 * What speaks against pods of a cluster that others made getting their images through the site's bastion. Nothing is
 * changed there; whoever owns its nodes has to. Pure.
 * @param nodes as the API server has them.
 * @returns a sentence for each thing, for people; at least one, which says what was looked at.
 */
export function imagePathReport(
  nodes: readonly LiveObject[],
  site: Pick<ResolvedSite, "architecture" | "bastion">,
  release: Pick<Release, "kubernetes">,
): string[] {
  const said = nodes.flatMap((node) => {
    const name = textAt(node, "metadata", "name") ?? "a node without a name";
    const info = isObject(node["status"]) ? node["status"]["nodeInfo"] : undefined;
    const architecture = textAt(info, "architecture");
    const runtime = textAt(info, "containerRuntimeVersion") ?? "";
    const kubelet = (textAt(info, "kubeletVersion") ?? "").replace(/^v/, "");
    return [
      ...(architecture !== undefined && architecture !== site.architecture
        ? [`image path: ${name} is ${architecture}, and the site's images are for ${site.architecture}`]
        : []),
      ...runtimeProblem(name, runtime),
      ...(kubelet !== "" && minorOf(kubelet) !== minorOf(release.kubernetes)
        ? [`image path: ${name} has Kubernetes ${kubelet}, and the release's images are for ${release.kubernetes}`]
        : []),
    ];
  });
  const { host, registryPort } = site.bastion;
  return [
    ...said,
    `image path: ${nodes.length} nodes looked at, none changed; their containerd has to ask ${host}:${registryPort} as the files in images/ say`,
  ];
}

function runtimeProblem(name: string, runtime: string): string[] {
  const [kind = "", version = ""] = runtime.split("://");
  if (kind === "") return [];
  if (kind !== "containerd") return [`image path: ${name} runs ${kind}, which does not read containerd's hosts.toml`];
  return compareVersions(version, leastContainerd) < 0
    ? [`image path: ${name} runs containerd ${version}, which does not read hosts.toml; ${leastContainerd} does`]
    : [];
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
