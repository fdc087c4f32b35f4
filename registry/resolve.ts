import type { Architecture, LockedImage } from "../fleet/model";
import type { RegistryClient } from "./client";
import { RegistryFailure } from "./failure";
import { architectureOf, manifestFor, parseManifest, type Descriptor } from "./manifest";

export interface WantedImage {
  /** With its registry, such as `quay.io/calico/node`. */
  readonly repository: string;
  readonly tag: string;
}

const architectures: readonly Architecture[] = ["amd64", "arm64"];

/**
 * Asks a registry what a tag is: the index, and the manifest of each architecture, which are fetched too, so that every
 * digest that is returned has been computed here.
 * @throws RegistryFailure
 */
export async function resolveImage(
  client: Pick<RegistryClient, "manifest" | "blob">,
  { repository, tag }: WantedImage,
  signal: AbortSignal,
): Promise<LockedImage> {
  const name = `${repository}:${tag}`;
  const top = await client.manifest(repository, tag, signal);
  const manifest = parseManifest(name, top);
  const own: Partial<Record<Architecture, string>> = {};
  const bytes: Partial<Record<Architecture, number>> = {};
  if (manifest.kind === "image") {
    const { digest } = manifest.config;
    const architecture = architectureOf(name, await client.blob(repository, digest, signal));
    if (architecture !== undefined) {
      own[architecture] = top.digest;
      bytes[architecture] = manifest.bytes;
    }
  } else {
    for (const architecture of architectures) {
      const found = manifestFor(name, manifest, architecture);
      if (found === undefined) continue;
      const image = await imageOf(client, repository, found, signal);
      own[architecture] = image.digest;
      bytes[architecture] = image.bytes;
    }
  }
  if (Object.keys(own).length === 0) {
    throw new RegistryFailure("EDGE-LOCK-003", `${name} is made for neither ${architectures.join(" nor ")} on Linux`);
  }
  return { tag, index: top.digest, ...own, bytes };
}

/**
 * What a lock of before sizes were asked lacks, by the digests that it has.
 * @throws RegistryFailure
 */
export async function withSizes(
  client: Pick<RegistryClient, "manifest">,
  { repository }: WantedImage,
  locked: LockedImage,
  signal: AbortSignal,
): Promise<LockedImage> {
  const bytes: Partial<Record<Architecture, number>> = {};
  for (const architecture of architectures) {
    const digest = locked[architecture];
    if (digest === undefined) continue;
    const manifest = parseManifest(`${repository}@${digest}`, await client.manifest(repository, digest, signal));
    if (manifest.kind === "image") bytes[architecture] = manifest.bytes;
  }
  return { ...locked, bytes };
}

async function imageOf(
  client: Pick<RegistryClient, "manifest">,
  repository: string,
  { digest, size }: Descriptor,
  signal: AbortSignal,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  const name = `${repository}@${digest}`;
  const content = await client.manifest(repository, digest, signal);
  if (content.bytes.length !== size) {
    const message = `${name} has ${content.bytes.length} bytes, and its index says ${size}`;
    throw new RegistryFailure("EDGE-LOCK-002", message);
  }
  const manifest = parseManifest(name, content);
  if (manifest.kind !== "image") {
    throw new RegistryFailure("EDGE-LOCK-006", `${name} is an index within an index`);
  }
  return { digest: content.digest, bytes: manifest.bytes };
}
