import type { CatalogComponent } from "./component";

/** Who people are, on the site: the image without a shell, which edgewave runs by objects of its own. */
export const identityVersions: readonly CatalogComponent[] = ["2.45.1"].map((version) => ({
  name: "dex",
  version,
  source: "https://github.com/dexidp/dex",
  licence: "Apache-2.0",
  architectures: ["amd64", "arm64"],
  images: { dex: { repository: "ghcr.io/dexidp/dex", tag: `v${version}-distroless` } },
  chart: undefined,
}));
