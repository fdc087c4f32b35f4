import type { CatalogComponent } from "./component";

interface Controllers {
  readonly source: string;
  readonly kustomize: string;
  readonly helm: string;
  readonly notification: string;
}

function flux(version: string, controllers: Controllers): CatalogComponent {
  const image = (name: keyof Controllers) => ({
    repository: `ghcr.io/fluxcd/${name}-controller`,
    tag: `v${controllers[name]}`,
  });
  return {
    name: "flux",
    version,
    source: "https://github.com/fluxcd/flux2",
    licence: "Apache-2.0",
    architectures: ["amd64", "arm64"],
    images: {
      "source-controller": image("source"),
      "kustomize-controller": image("kustomize"),
      "helm-controller": image("helm"),
      "notification-controller": image("notification"),
    },
    chart: undefined,
  };
}

/** Controllers as in `manifests/bases/*-controller/kustomization.yaml` of fluxcd/flux2 at each tag. */
export const fluxVersions: readonly CatalogComponent[] = [
  flux("2.8.8", { source: "1.8.5", kustomize: "1.8.5", helm: "1.5.5", notification: "1.8.4" }),
  flux("2.9.4", { source: "1.9.4", kustomize: "1.9.4", helm: "1.6.3", notification: "1.9.3" }),
];
