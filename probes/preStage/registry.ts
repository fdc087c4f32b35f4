import type { ResolvedSite } from "../../fleet/model";
import { readAuthorities, readSecretLine } from "../../web/credentialFiles";
import { exchange } from "../../web/exchange";

/** How the registry of a bastion is asked, beside what the site's file says. */
export interface SiteRegistry {
  /** File with the site's authority in PEM. */
  readonly caFile: string;
  /** File with `user:password` on one line; undefined asks without. */
  readonly credentialsFile: string | undefined;
}

/** A bastion is a small machine at the end of a slow link. */
const atOnce = 4;

// Distribution 2.x answers for an index or an OCI manifest only if it is named (distribution, docs/spec/api.md).
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const repositoryForm = /^[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

/**
 * Asks the registry of a site's bastion for manifests by digest, under the path of the registry that images are named by
 * (docs/adr/0004). The bastion is asked at its address, under its name.
 * @returns a line for each that is not there.
 * @throws Error if one cannot be asked for.
 */
export async function missingImages(
  { bastion }: ResolvedSite,
  { caFile, credentialsFile }: SiteRegistry,
  images: readonly { readonly image: string; readonly digest: string }[],
  signal: AbortSignal,
): Promise<string[]> {
  const headers: Record<string, string> = { accept: manifestTypes, "user-agent": "edgewave" };
  if (credentialsFile !== undefined) {
    const credentials = await readSecretLine("", credentialsFile);
    headers["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  const tls = { ca: await readAuthorities("", caFile) };
  const base = `https://${bastion.host}:${bastion.registryPort}`;
  const queue = [...images];
  const missing: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { image, digest } = next;
      if (!repositoryForm.test(image) || !digestForm.test(digest)) throw new Error(`${image}@${digest} is no image`);
      const url = new URL(`${base}/v2/${image}/manifests/${digest}`);
      const answer = await exchange({ method: "HEAD", url, headers, tls, address: bastion.address, signal });
      if (answer.status === 404) missing.push(`the image ${image}@${digest} at ${url.host}`);
      else if (answer.status !== 200) throw new Error(refusal(url, answer.status, credentialsFile));
      else if (answer.headers["docker-content-digest"] !== digest) {
        throw new Error(`${url.host} answered for ${image}@${digest} with another digest`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, images.length) }, work));
  return missing.sort();
}

function refusal(url: URL, status: number, credentialsFile: string | undefined): string {
  if (status !== 401 && status !== 403) return `${url.host} answered ${status} to ${url.pathname}`;
  const what =
    credentialsFile === undefined ? "asks for credentials" : `does not take the credentials in ${credentialsFile}`;
  return `${url.host} ${what} (${status})`;
}
