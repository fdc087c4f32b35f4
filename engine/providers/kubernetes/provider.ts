import type { ResourceProvider } from "../provider";
import { processSurroundings, surroundingsOf } from "../surroundings";
import { ClusterlessProvider } from "./clusterless";
import { configFailures, diffKubernetesConfig, readKubernetesSettings } from "./config";
import { kubernetesFunctions } from "./functions";
import { RenderProvider } from "./render";

/** The `kubernetes` provider: any kind, rendered to files. */
export function kubernetesProvider(): ResourceProvider {
  return {
    name: "kubernetes",
    version: "4.34.2",
    types: "*",
    functions: kubernetesFunctions,
    async checkConfig(request, context) {
      const { environment } = context === undefined ? processSurroundings() : surroundingsOf(context);
      const failures = configFailures(request.news, environment["KUBECONFIG"]);
      return { inputs: request.news, failures };
    },
    async diffConfig(request) {
      return diffKubernetesConfig(request);
    },
    async configure(inputs) {
      const settings = readKubernetesSettings(inputs);
      if (settings.renderDirectory === undefined) return new ClusterlessProvider();
      return new RenderProvider(settings, settings.renderDirectory);
    },
  };
}
