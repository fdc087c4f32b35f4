import { parse } from "yaml";
import { z } from "zod";
import { gitea } from "../components/gitea/address";
import { GiteaApi } from "../gitops/gitea/api";
import { GiteaClient } from "../gitops/gitea/client";
import { applySiteGit } from "../gitops/siteGit/apply";
import { describeSiteGit } from "../gitops/siteGit/describe";
import { readSiteGit } from "../gitops/siteGit/found";
import { planSiteGit } from "../gitops/siteGit/plan";
import { forwardTo } from "../probes";
import { exitCode } from "./exitCodes";
import { UserError } from "./userError";

const credential = z.strictObject({ username: z.string().min(1), token: z.string().min(1) });

/** What the configuration of a site's Gitea is made from, as one JSON document; most of it is secret. */
export const siteGitInput = z.strictObject({
  /** `https://...` as the certificate has it. */
  url: z.url({ protocol: /^https$/ }),
  /** In PEM. */
  authority: z.string(),
  administrator: z.strictObject({ username: z.string().min(1), password: z.string().min(1) }),
  /** Reaches Gitea's pod by the API server; without one, by its address. */
  kubeconfig: z.string().optional(),
  /** Where to connect to under the address's name, such as the end of a tunnel. */
  connectTo: z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }).optional(),
  git: z.strictObject({
    site: z.string(),
    hub: z.strictObject({ url: z.url({ protocol: /^https$/ }), read: credential, write: credential }),
    reader: z.string(),
    writer: z.string(),
    webhook: z.strictObject({ url: z.url(), secret: z.string().min(1) }).optional(),
  }),
});

export type SiteGitInput = z.output<typeof siteGitInput>;

export interface ConfigureOptions {
  /** Whether anything is done, or only told. */
  readonly act: boolean;
  readonly signal: AbortSignal;
  /** Called with each change: once it is done, if anything is. */
  readonly tell: (line: string) => void;
  /** Through which the API server is asked; undefined asks it as the kubeconfig says. */
  readonly proxy?: string | undefined;
}

/**
 * Brings a site's Gitea to what it should be, or says what that would take.
 * @returns how many there are
 * @throws UserError EDGE-HUB-007 if its accounts are not there; GiteaRefused, GiteaUnreachable
 */
export async function configureSiteGit(
  { url, authority, administrator, kubeconfig, connectTo, git: given }: SiteGitInput,
  { act, signal, tell, proxy }: ConfigureOptions,
): Promise<number> {
  const git = { ...given, webhook: given.webhook };
  const to = { namespace: gitea.namespace, labels: gitea.labels, port: gitea.httpsPort };
  // A person of the hub's side wrote it: the stack's program takes no other.
  const forward =
    kubeconfig === undefined
      ? undefined
      : await forwardTo({ text: proxied(kubeconfig, proxy), trusted: true }, to, signal);
  const end = forward ?? connectTo;
  const server = { url, login: administrator, authority, ...(end === undefined ? {} : { connectTo: end }) };
  const client = new GiteaClient(server, { signal });
  try {
    const api = new GiteaApi(client);
    const { changes, obstacles } = planSiteGit(git, await readSiteGit(api, git));
    if (obstacles.length > 0) {
      const hint = "Let Gitea's pod start as its manifests say; then run the same command again.";
      throw new UserError("EDGE-HUB-007", obstacles.join("; "), hint, exitCode.failed);
    }
    if (act) await applySiteGit(api, git, changes, (change) => tell(describeSiteGit(change, git.site)));
    else for (const change of changes) tell(describeSiteGit(change, git.site));
    return changes.length;
  } finally {
    client.close();
    await forward?.close();
  }
}

function proxied(kubeconfig: string, proxy: string | undefined): string {
  if (proxy === undefined) return kubeconfig;
  const config = parse(kubeconfig) as { readonly clusters: readonly { readonly cluster: object }[] };
  const clusters = config.clusters.map(({ cluster, ...named }) => ({
    ...named,
    cluster: { ...cluster, "proxy-url": proxy },
  }));
  return JSON.stringify({ ...config, clusters });
}
