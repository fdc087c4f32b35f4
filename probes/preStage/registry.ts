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

/** Something that a bastion's registry has to have. */
export interface Artifact {
  readonly kind: "image" | "chart";
  /** An image's with its upstream registry. */
  readonly repository: string;
  readonly digest: string;
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
export async function missingArtifacts(
  { bastion }: ResolvedSite,
  { caFile, credentialsFile }: SiteRegistry,
  artifacts: readonly Artifact[],
  signal: AbortSignal,
): Promise<string[]> {
  const headers: Record<string, string> = { accept: manifestTypes, "user-agent": "edgewave" };
  if (credentialsFile !== undefined) {
    const credentials = await readSecretLine("", credentialsFile);
    headers["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  const tls = { ca: await readAuthorities("", caFile) };
  const base = `https://${bastion.host}:${bastion.registryPort}`;
  const queue = [...artifacts];
  const missing: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { kind, repository, digest } = next;
      const name = `${repository}@${digest}`;
      if (!repositoryForm.test(repository) || !digestForm.test(digest)) throw new Error(`${name} is no ${kind}`);
      const url = new URL(`${base}/v2/${repository}/manifests/${digest}`);
      const answer = await exchange({ method: "HEAD", url, headers, tls, address: bastion.address, signal });
      if (answer.status === 404) missing.push(`the ${kind} ${name} at ${url.host}`);
      else if (answer.status !== 200) throw new Error(refusal(url, answer.status, credentialsFile));
      else if (answer.headers["docker-content-digest"] !== digest) {
        throw new Error(`${url.host} answered for ${name} with another digest`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, artifacts.length) }, work));
  return missing.sort();
}

function refusal(url: URL, status: number, credentialsFile: string | undefined): string {
  if (status !== 401 && status !== 403) return `${url.host} answered ${status} to ${url.pathname}`;
  const what =
    credentialsFile === undefined ? "asks for credentials" : `does not take the credentials in ${credentialsFile}`;
  return `${url.host} ${what} (${status})`;
}
