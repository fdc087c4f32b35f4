import path from "node:path";

/** Where the kubeconfigs of the fleet's sites are: beside the fleet, unless `EDGEWAVE_KUBECONFIGS` names another folder. */
export function kubeconfigFolder(env: Readonly<Record<string, string | undefined>>, fleetFolder: string): string {
  return env["EDGEWAVE_KUBECONFIGS"] ?? path.join(fleetFolder, "kubeconfigs");
}
