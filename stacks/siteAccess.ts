import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ResolvedSite } from "../fleet/model";
import type { SiteArgs } from "./args";

/** A kubeconfig is a few kilobytes; more is no kubeconfig. */
const largestKubeconfig = 1024 * 1024;

/**
 * How a site's cluster is reached, as far as that is in files: what its program is given beside the fleet's own data.
 * @param folder absolute path of the folder with the kubeconfigs, `SITE` or `SITE.yaml`.
 */
export async function siteAccess(
  folder: string,
  { name, target }: Pick<ResolvedSite, "name" | "target">,
): Promise<Pick<SiteArgs, "kubeconfig">> {
  if (target !== "cluster") return {};
  const kubeconfig = (await textOf(path.join(folder, name))) ?? (await textOf(path.join(folder, `${name}.yaml`)));
  if (kubeconfig !== undefined && kubeconfig.length > largestKubeconfig) {
    throw new Error(`the kubeconfig of ${name} is larger than a kubeconfig may be`);
  }
  return { kubeconfig };
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
}
