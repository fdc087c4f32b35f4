import { answerSchema } from "./day2/order";

/**
 * The kubeconfig in what the runner wrote.
 * @param proxy through which the API server is asked, such as `socks5://127.0.0.1:1080`; undefined asks it directly.
 * @throws Error that does not quote the text, which holds a key.
 */
export function kubeconfigOf(stdout: string, proxy: string | undefined): string {
  const config = parsed(stdout);
  if (proxy === undefined) return config;
  const { clusters, ...rest } = JSON.parse(config) as { clusters: { name: string; cluster: object }[] };
  const proxied = clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, "proxy-url": proxy } }));
  return JSON.stringify({ ...rest, clusters: proxied });
}

function parsed(stdout: string): string {
  try {
    return answerSchema.parse(JSON.parse(stdout)).kubeconfig;
  } catch {
    throw new Error("the Kubespray runner gave no answer that can be read");
  }
}
