import type { Architecture, ProfileName, ResolvedSite } from "../../fleet/model";
import { aSite } from "../support/fleet";

export const profileNames: readonly ProfileName[] = ["micro", "mini", "standard", "ha-edge"];
export const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** A site of every profile and architecture, and a micro site that asks for Strimzi. */
export function everySite(): readonly { readonly title: string; readonly site: ResolvedSite }[] {
  const plain = profileNames.flatMap((profile) =>
    architectures.map((architecture) => ({
      title: `${profile} on ${architecture}`,
      site: aSite({ profile, architecture }),
    })),
  );
  const strimzi = aSite({ profile: "micro", ingestion: { buffer: "strimzi" } });
  return [...plain, { title: "micro with Strimzi", site: strimzi }];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources: { readonly requests: Record<string, string>; readonly limits: Record<string, string> };
  readonly securityContext: Record<string, unknown>;
}

/** What tests look into of a pod. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly object[];
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: object;
}

/** All containers of a pod. */
export function containersOf(spec: PodSpec): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** Bytes of a quantity such as `512Mi`. */
export function bytesOf(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  return Number(amount) * (unit === "Gi" ? 1024 ** 3 : 1024 ** 2);
}

/** Every value of a tree of plain data with its path. */
export function leavesOf(value: unknown, path = ""): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, `${path}/${key}`));
}
