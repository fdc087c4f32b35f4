import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { ProviderError } from "../../failure";
import type { Surroundings } from "../../surroundings";
import type { KubernetesSettings } from "../config";

/**
 * Finds the kubeconfig of a provider: its text or path in the settings, the files in KUBECONFIG, or `~/.kube/config`.
 *
 * @returns undefined if there is none; a pod's own service account is not taken.
 * @throws ProviderError if it cannot be read or names no such context or cluster.
 */
export function findKubeconfig(settings: KubernetesSettings, surroundings: Surroundings): KubeConfig | undefined {
  const { environment, directory } = surroundings;
  const given = settings.kubeconfig || environment["KUBECONFIG"] || "";
  const config = new KubeConfig();
  try {
    if (given === "") {
      const home = environment["HOME"] ?? "";
      const file = path.join(home, ".kube", "config");
      if (home === "" || !existsSync(file)) return undefined;
      config.loadFromFile(file);
    } else if (/[\n{]/.test(given)) {
      config.loadFromString(given);
      config.makePathsAbsolute(directory);
    } else {
      const [first, ...others] = given.split(path.delimiter).map((file) => path.resolve(directory, file));
      config.loadFromString(readFileSync(first ?? "", "utf8"));
      config.makePathsAbsolute(path.dirname(first ?? ""));
      for (const file of others.filter((other) => existsSync(other))) {
        const more = new KubeConfig();
        more.loadFromFile(file);
        config.mergeConfig(more, true);
      }
    }
  } catch (error) {
    throw refusal(`the kubeconfig cannot be read: ${(error as Error).message}`, error);
  }
  select(config, settings);
  return config;
}

function select(config: KubeConfig, { context, cluster }: KubernetesSettings): void {
  if (context !== "") config.setCurrentContext(context);
  const name = config.getCurrentContext();
  const chosen = config.getContextObject(name);
  if (chosen === null) throw refusal(`the kubeconfig has no context '${name}'`);
  if (cluster !== "") {
    config.contexts = config.contexts.map((found) => (found.name === name ? { ...found, cluster } : found));
  }
  if (config.getCurrentCluster() === null) {
    throw refusal(`the kubeconfig has no cluster '${cluster || chosen.cluster}'`);
  }
}

function refusal(what: string, cause?: unknown): ProviderError {
  const next = "Correct kubeconfig, context and cluster of the provider";
  return new ProviderError("EDGE-KUBERNETES-009", what, next, { cause });
}
