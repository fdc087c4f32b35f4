import { z } from "zod";
import type { Architecture } from "../fleet/model";
import type { Content } from "./client";
import { RegistryFailure } from "./failure";

const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
] as const;
const imageTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

/** What is asked for; distribution 2.x gives an index or an OCI manifest only if it is named. */
export const manifestTypes: readonly string[] = [...indexTypes, ...imageTypes];

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const platform = z.object({ architecture: z.string(), os: z.string(), variant: z.string().optional() });
const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.int().min(0) });
/** No image is made for a thousand platforms. */
const most = 1000;
const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptor.extend({ platform: platform.optional() })).max(most),
});
const imageSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptor.extend({ digest }),
  layers: z.array(descriptor).max(most),
});

/** Media types of Helm's charts in OCI registries (helm.sh/docs/topics/registries, "Helm OCI media types"). */
export const chartTypes = {
  config: "application/vnd.cncf.helm.config.v1+json",
  content: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
} as const;

export interface Descriptor {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export interface TypedDescriptor extends Descriptor {
  readonly mediaType: string;
}

export type Manifest =
  | { readonly kind: "index"; readonly manifests: z.output<typeof indexSchema>["manifests"] }
  | {
      readonly kind: "image";
      readonly config: TypedDescriptor;
      readonly layers: readonly TypedDescriptor[];
      /** Of the configuration and the layers, as the registry keeps them. */
      readonly bytes: number;
    };

/**
 * Reads a manifest. A document that could be read as both kinds, or says to be another than it was sent as, is refused:
 * two programs would see two contents behind one digest (CVE-2021-41190).
 * @throws RegistryFailure `EDGE-LOCK-006`
 */
export function parseManifest(name: string, { bytes, mediaType }: Pick<Content, "bytes" | "mediaType">): Manifest {
  const refuse = (why: string) => new RegistryFailure("EDGE-LOCK-006", `the answer for ${name} ${why}`);
  const json = jsonOf(bytes);
  if (typeof json !== "object" || json === null) throw refuse("is no JSON object");
  const said = "mediaType" in json ? json.mediaType : undefined;
  if (said !== undefined && said !== mediaType) throw refuse(`says to be ${String(said)} and was sent as ${mediaType}`);
  if ("manifests" in json && ("layers" in json || "config" in json)) throw refuse("is an index and an image at once");
  if ((indexTypes as readonly string[]).includes(mediaType)) {
    const read = indexSchema.safeParse(json);
    if (!read.success) throw refuse("is no index");
    return { kind: "index", manifests: read.data.manifests };
  }
  if ((imageTypes as readonly string[]).includes(mediaType)) {
    const read = imageSchema.safeParse(json);
    if (!read.success) throw refuse("is no image manifest");
    const { config, layers } = read.data;
    // A layer that is there twice is fetched once.
    const sizes = new Map([config, ...layers].map(({ digest: content, size }) => [content, size]));
    return { kind: "image", config, layers, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
  }
  throw refuse(`was sent as ${mediaType === "" ? "nothing known" : mediaType}`);
}

// The first that an index has is taken, in this order; a plain entry is what containerd prefers for its default variant.
const variants: Readonly<Record<Architecture, readonly (string | undefined)[]>> = {
  amd64: [undefined, "", "v1"],
  arm64: [undefined, "", "v8"],
};

/**
 * @returns the manifest that a Linux node of the architecture would take, or undefined if the index has none
 * @throws RegistryFailure `EDGE-LOCK-006` if its digest is none of SHA-256
 */
export function manifestFor(
  name: string,
  { manifests }: Extract<Manifest, { kind: "index" }>,
  architecture: Architecture,
): Descriptor | undefined {
  const own = manifests.filter(({ platform }) => platform?.os === "linux" && platform.architecture === architecture);
  for (const variant of variants[architecture]) {
    const found = own.find(({ platform }) => platform?.variant === variant);
    if (found === undefined) continue;
    if (digest.safeParse(found.digest).success) return { digest: found.digest, size: found.size };
    throw new RegistryFailure("EDGE-LOCK-006", `the ${architecture} manifest of ${name} has no SHA-256 digest`);
  }
  return undefined;
}

const configSchema = z.object({ architecture: z.string(), os: z.string() });

/** The architecture that an image's configuration tells; undefined if it is none of ours, or not of Linux. */
export function architectureOf(name: string, config: Pick<Content, "bytes">): Architecture | undefined {
  const read = configSchema.safeParse(jsonOf(config.bytes));
  if (!read.success) throw new RegistryFailure("EDGE-LOCK-006", `the configuration of ${name} cannot be read`);
  const { architecture, os } = read.data;
  return os === "linux" && (architecture === "amd64" || architecture === "arm64") ? architecture : undefined;
}

const chartSchema = z.object({ name: z.string(), version: z.string() });

/**
 * The packed chart of a chart's manifest.
 * @throws RegistryFailure `EDGE-LOCK-006` if it is a manifest of something else
 */
export function chartContent(name: string, manifest: Manifest): TypedDescriptor {
  const refuse = (why: string) => new RegistryFailure("EDGE-LOCK-006", `the answer for ${name} ${why}`);
  if (manifest.kind !== "image" || manifest.config.mediaType !== chartTypes.config) throw refuse("is no Helm chart");
  // Flux takes the first layer of that type, Helm the only one: with two they would not see the same chart.
  const packed = manifest.layers.filter(({ mediaType }) => mediaType === chartTypes.content);
  const [content] = packed;
  if (content === undefined || packed.length > 1) throw refuse(`has ${packed.length} packed charts`);
  if (!digest.safeParse(content.digest).success) throw refuse("has a packed chart without a SHA-256 digest");
  return content;
}

/** Name and version that a chart's configuration tells, which is its Chart.yaml. */
export function chartOf(
  name: string,
  config: Pick<Content, "bytes">,
): { readonly name: string; readonly version: string } {
  const read = chartSchema.safeParse(jsonOf(config.bytes));
  if (!read.success) throw new RegistryFailure("EDGE-LOCK-006", `the configuration of ${name} is no Chart.yaml`);
  return read.data;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
