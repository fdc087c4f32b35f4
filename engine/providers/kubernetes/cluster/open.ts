import type { ConfiguredProvider } from "../../provider";
import type { Surroundings } from "../../surroundings";
import type { KubernetesSettings } from "../config";
import { Api } from "./api";
import { findKubeconfig } from "./kubeconfig";
import { ClusterProvider } from "./provider";

/** The provider of the cluster that settings and environment name; undefined if they name none. */
export function openCluster(settings: KubernetesSettings, surroundings: Surroundings): ConfiguredProvider | undefined {
  const config = findKubeconfig(settings, surroundings);
  return config === undefined ? undefined : new ClusterProvider(settings, new Api(config));
}
