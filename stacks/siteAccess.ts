import { readFile } from "node:fs/promises";
import path from "node:path";
import type { HubLogin } from "../components/gitea/configuration";
import { emptyJournal, type Journal, journalName, journalSchema } from "../components/kubespray/day2/journal";
import type { ResolvedSite } from "../fleet/model";
import type { SiteAccess } from "./args";

/** Where the driver's machine has what a site is reached by; paths are absolute. */
export interface AccessPlaces {
  /** Folder with the kubeconfigs, `SITE` or `SITE.yaml`. */
  readonly kubeconfigs: string;
  /** Folder of the fleet's state and artifacts. */
  readonly out: string;
  /** edgewave's Kubespray runner. */
  readonly runner: string;
  /** Through which field sites' API servers are asked; undefined asks them directly. */
  readonly proxy: string | undefined;
}

/** A kubeconfig is a few kilobytes; more is no kubeconfig. */
const largestKubeconfig = 1024 * 1024;
/** A kubeconfig is fetched anew so long before its certificate runs out, in milliseconds: a site may be dark for weeks. */
const renewBefore = 120 * 86_400_000;

/** Folder for what is written down of a site's cluster. */
export function recordDirectory(out: string, site: string): string {
  return path.join(out, "kubespray", site);
}

/**
 * How a site is reached, as far as that is in files: what its program is given beside the fleet's own data.
 * @throws Error for a kubeconfig or a journal that cannot be read.
 */
export async function siteAccess(
  { kubeconfigs, out, runner, proxy }: AccessPlaces,
  { name, target }: Pick<ResolvedSite, "name" | "target">,
  now: number,
): Promise<SiteAccess> {
  if (target === "render") return {};
  const hubLogin = await hubLoginOf(path.join(out, "hub"), name);
  if (target === "cluster") return { kubeconfig: await kubeconfigOf(kubeconfigs, name), hubLogin };
  const folder = recordDirectory(out, name);
  const { applied, run, kubeconfig } = await journalOf(path.join(folder, journalName));
  const due = kubeconfig !== null && Date.parse(kubeconfig.expires) - now < renewBefore;
  const kubeconfigEpoch = (kubeconfig?.epoch ?? 0) + (due ? 1 : 0);
  return { field: { record: { applied, run, kubeconfigEpoch }, recordDirectory: folder, runner, proxy }, hubLogin };
}

async function kubeconfigOf(folder: string, site: string): Promise<string | undefined> {
  const text = (await textOf(path.join(folder, site))) ?? (await textOf(path.join(folder, `${site}.yaml`)));
  if (text !== undefined && text.length > largestKubeconfig) {
    throw new Error(`the kubeconfig of ${site} is larger than a kubeconfig may be`);
  }
  return text;
}

/** The tokens that `edgewave hub setup` keeps; undefined if it has made none for the site. */
async function hubLoginOf(folder: string, site: string): Promise<HubLogin | undefined> {
  const line = async (file: string): Promise<string | undefined> => {
    const text = (await textOf(path.join(folder, "sites", file)))?.trim();
    if (text === undefined || /^[^:\s]+:[^:\s]+$/.test(text)) return text;
    throw new Error(`${file} in ${folder} does not hold account:token`);
  };
  const [read, write] = [await line(`${site}.read`), await line(`${site}.write`)];
  return read === undefined || write === undefined ? undefined : { read, write };
}

async function journalOf(file: string): Promise<Journal> {
  const text = await textOf(file);
  if (text === undefined) return emptyJournal;
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${file} cannot be read. Move it away if the cluster is what the stack's state says; the next run compares with that.`,
      { cause: error },
    );
  }
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
}
