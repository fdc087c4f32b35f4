import type { ConfiguredProvider } from "../../provider";
import type { Surroundings } from "../../surroundings";
import type { KubernetesSettings } from "../config";
import { Api } from "./api";
import { Connection } from "./connection";
import { Discovery } from "./discovery";
import { findKubeconfig } from "./kubeconfig";
import { Limiter } from "./limiter";
import { ClusterProvider } from "./provider";

/** The provider of the cluster that settings and environment name; undefined if they name none. */
export function openCluster(settings: KubernetesSettings, surroundings: Surroundings): ConfiguredProvider | undefined {
  const config = findKubeconfig(settings, surroundings);
  if (config === undefined) return undefined;
  const { qps, burst, timeout } = settings.client;
  const api = new Api(new Connection(config), qps > 0 ? new Limiter(qps, burst) : undefined, timeout * 1000);
  return new ClusterProvider(settings, api, Discovery.of(api, config.getCurrentCluster()));
}
