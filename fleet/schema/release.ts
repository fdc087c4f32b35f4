import { z } from "zod";
import { apiVersion, document } from "./document";
import { text } from "./formats";

/** `kind: Release`: any number, in releases/*.yaml. */
export const releaseSchema = document(
  "Release",
  "An immutable set of versions.",
  z.strictObject({ name: text("edgewave-release-name").max(63) }),
  z.strictObject({
    date: z.iso.date().describe("Date of the release's commits, such as 2026-11-02."),
    kubernetes: text("edgewave-kubernetes-version"),
    kubespray: text("edgewave-kubespray-tag"),
    components: z
      .record(text("edgewave-dns-label"), text("edgewave-version"))
      .describe("Versions by the catalog's component names."),
    lock: text("edgewave-lock-file")
      .optional()
      .describe(
        "File with the digests of images and charts, beside the release; absent while the release is not locked.",
      ),
  }),
);

export type ReleaseDocument = z.output<typeof releaseSchema>;

const lockedImage = z.strictObject({
  tag: text("edgewave-image-tag").describe("The tag that the registry was asked for."),
  index: text("edgewave-digest").describe("What the tag named: the image index, or the only manifest."),
  amd64: text("edgewave-digest").optional(),
  arm64: text("edgewave-digest").optional(),
  bytes: z
    .strictObject({ amd64: z.int().min(0).optional(), arm64: z.int().min(0).optional() })
    .optional()
    .describe(
      "Bytes that a node of the architecture fetches for the whole image, as the registry keeps it: compressed.",
    ),
});

const lockedChart = z.strictObject({
  version: text("edgewave-version"),
  source: text("edgewave-chart-source").describe("Upstream repository of the chart."),
  digest: text("edgewave-digest").describe("Of the OCI manifest, which Flux pulls by."),
  archive: text("edgewave-digest").describe(
    "Of the packed chart, as an upstream Helm repository's index.yaml names it.",
  ),
});

/** A lock file: JSON, written by `release lock`, never by hand. */
export const lockSchema = z
  .strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal("ReleaseLock"),
    release: text("edgewave-release-name").max(63).describe("The release that was locked."),
    digests: z
      .record(text("edgewave-image-repository"), lockedImage)
      .describe("By image repository with its registry, such as quay.io/calico/node."),
    charts: z
      .record(text("edgewave-dns-label"), lockedChart)
      .optional()
      .describe("By the chart's name; absent in a lock from before charts were locked, which is to be made again."),
  })
  .describe(
    "The digests of a release's images and charts, resolved by `edgewave release lock`; never written by hand.",
  );
