import type { CatalogComponent } from "./component";

/** The rootless image: edgewave runs Gitea as one pod with SQLite, not by its chart. */
export const giteaVersions: readonly CatalogComponent[] = ["1.25.4", "1.26.1"].map((version) => ({
  name: "gitea",
  version,
  source: "https://github.com/go-gitea/gitea",
  licence: "MIT",
  architectures: ["amd64", "arm64"],
  images: { gitea: { repository: "docker.gitea.com/gitea", tag: `${version}-rootless` } },
  chart: undefined,
}));
