import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import type { SpecifiedNode } from "../../components/kubespray/day2/specification";
import { yamlText } from "../../components/file/yamlText";
import { KubesprayFailed } from "../failure";

type Variables = Readonly<Record<string, unknown>>;

/** The part of a rendered `hosts.yaml` that a step changes. */
interface Rendered {
  readonly all: {
    readonly hosts: Readonly<Record<string, Variables>>;
    readonly children: Readonly<Record<string, unknown>>;
  };
}

/**
 * The inventory of one step: a node that leaves is still in it, and one that joins later is not yet. Variables of a
 * node are those that were rendered for it. Pure.
 */
export function inventoryOfStep(rendered: Rendered, nodes: readonly SpecifiedNode[]): object {
  const members = (wanted: (node: SpecifiedNode) => boolean) => ({
    hosts: Object.fromEntries(nodes.filter(wanted).map(({ name }) => [name, {}])),
  });
  const hosts = nodes.map((node) => [node.name, rendered.all.hosts[node.name] ?? variablesOf(node)]);
  return {
    all: {
      ...rendered.all,
      hosts: Object.fromEntries(hosts),
      children: {
        ...rendered.all.children,
        kube_control_plane: members(({ controlPlane }) => controlPlane),
        etcd: members(({ controlPlane }) => controlPlane),
        kube_node: members(({ worker }) => worker),
      },
    },
  };
}

/** As `hosts.ts` of the component has them, for a node that is no longer in the site's file. */
function variablesOf({ name, address, controlPlane }: SpecifiedNode): Variables {
  const variables = { ansible_host: address, ip: address, access_ip: address };
  return controlPlane ? { ...variables, etcd_member_name: `etcd-${name}` } : variables;
}

/** Copies the site's group variables beside the step's hosts. @returns path of the inventory. */
export async function writeInventory(
  siteDirectory: string,
  folder: string,
  nodes: readonly SpecifiedNode[],
): Promise<string> {
  const source = path.join(siteDirectory, "inventory");
  const rendered = parse(await read(path.join(source, "hosts.yaml")), { version: "1.1" }) as Rendered | null;
  if (typeof rendered?.all?.hosts !== "object" || typeof rendered.all.children !== "object") {
    throw new KubesprayFailed("EDGE-KUBESPRAY-013", `${source}/hosts.yaml is no inventory of edgewave`);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await cp(path.join(source, "group_vars"), path.join(folder, "group_vars"), { recursive: true });
  const file = path.join(folder, "hosts.yaml");
  await writeFile(file, yamlText(inventoryOfStep(rendered, nodes)), { mode: 0o600 });
  return file;
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    const what = `the inventory cannot be read: ${(error as Error).message}`;
    throw new KubesprayFailed("EDGE-KUBESPRAY-013", what, { cause: error });
  });
}
