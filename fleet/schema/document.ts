import { z } from "zod";
import { text } from "./formats";

export const apiVersion = "edgewave.dev/v1alpha1";

/** The frame that every kind shares. */
export function document<Kind extends string, Metadata extends z.ZodType, Spec extends z.ZodType>(
  kind: Kind,
  description: string,
  metadata: Metadata,
  spec: Spec,
) {
  return z
    .strictObject({
      apiVersion: z.literal(apiVersion),
      kind: z.literal(kind),
      metadata,
      spec,
    })
    .describe(description);
}

export const region = text("edgewave-dns-label").describe("A group of sites, such as north-sea.");
export const labels = z
  .record(text("edgewave-label-key"), text("edgewave-label-value"))
  .describe("Free labels for selectors.");
export const profileName = z.enum(["micro", "mini", "standard", "ha-edge"]).describe("Size class of the site.");
export const architecture = z.enum(["amd64", "arm64"]).describe("CPU architecture of all its nodes.");
export const timeZone = z.string().describe("IANA name, such as Europe/Lisbon.");
export const port = z.int().min(1).max(65_535);
export const target = z
  .enum(["render", "cluster", "field"])
  .describe("render: write files only; cluster: an existing cluster; field: from bare nodes by SSH.");
