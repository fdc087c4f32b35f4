import { KubeConfig } from "@kubernetes/client-node";
import { largestFile } from "../../web/credentialFiles";
import type { SiteKubeconfig } from "../surroundings";

/** What a kubeconfig may hold that a site made: nothing but data. */
const plainUser = new Set(["name", "user", "token", "certData", "keyData", "username", "password"]);
const plainCluster = new Set(["name", "server", "caData", "tlsServerName", "skipTLSVerify"]);

/**
 * Reads a kubeconfig for its current context. The server's certificate is always verified, and it is asked by TLS.
 * @throws Error with a message for people that holds nothing secret.
 */
export function readKubeconfig({ text, trusted }: SiteKubeconfig): KubeConfig {
  const config = new KubeConfig();
  if (text.length > largestFile) throw new Error(`the kubeconfig is larger than ${largestFile} characters`);
  try {
    config.loadFromString(text);
  } catch {
    // What the parser says quotes the text, and with it keys.
    throw new Error("the kubeconfig cannot be read");
  }
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null) throw new Error("the kubeconfig names no cluster and user to work with");
  if (!URL.canParse(cluster.server) || new URL(cluster.server).protocol !== "https:") {
    throw new Error("the kubeconfig's server has no https:// address");
  }
  if (cluster.skipTLSVerify)
    throw new Error("the kubeconfig wants insecure-skip-tls-verify, which nothing is asked with");
  if (!trusted) {
    const odd = [...oddKeys(user, plainUser), ...oddKeys(cluster, plainCluster)];
    if (odd.length > 0) {
      throw new Error(`the site's kubeconfig may hold only data, and has ${odd.join(", ")}`);
    }
  }
  return config;
}

function oddKeys(part: object, plain: ReadonlySet<string>): string[] {
  return Object.entries(part)
    .filter(([key, value]) => value !== undefined && value !== null && !plain.has(key))
    .map(([key]) => key);
}
