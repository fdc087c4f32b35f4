import type { ResourceProvider } from "../provider";
import { processSurroundings, surroundingsOf } from "../surroundings";
import { ClusterlessProvider } from "./clusterless";
import { configFailures, diffKubernetesConfig, readKubernetesSettings } from "./config";
import { kubernetesFunctions } from "./functions";
import { RenderProvider } from "./render";

/** The `kubernetes` provider: any kind, applied to a cluster or rendered to files. */
export function kubernetesProvider(): ResourceProvider {
  return {
    name: "kubernetes",
    version: "4.34.2",
    types: "*",
    functions: kubernetesFunctions,
    async checkConfig(request, context) {
      const { environment } = context === undefined ? processSurroundings() : surroundingsOf(context);
      const failures = configFailures(request.news, environment);
      return { inputs: request.news, failures };
    },
    async diffConfig(request) {
      return diffKubernetesConfig(request);
    },
    async configure(inputs, context) {
      const surroundings = surroundingsOf(context);
      const settings = readKubernetesSettings(inputs, surroundings.environment);
      if (settings.renderDirectory !== undefined) return new RenderProvider(settings, settings.renderDirectory);
      // The client is only loaded where there is a cluster to talk to: it takes half a second.
      const { openCluster } = await import("./cluster/open.js");
      return openCluster(settings, surroundings) ?? new ClusterlessProvider();
    },
  };
}
