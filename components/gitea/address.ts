/** Where the site's Gitea is; nothing here depends on the site. */
export const gitea = {
  namespace: "gitea",
  service: "gitea",
  /** Inside the cluster. */
  host: "gitea.gitea.svc.cluster.local",
  httpsPort: 3000,
  /** Labels of its pod. */
  labels: { "app.kubernetes.io/name": "gitea" },
  /** Account by which Flux reads. */
  reader: "flux",
  /** Account by which the site's own changes and reports are written. */
  writer: "operator",
  administrator: "edgewave",
} as const;

/** Address of one of the site's repositories inside the cluster, without credentials. */
export function repositoryUrl(lane: "deploy" | "site", site: string): string {
  return `https://${gitea.host}/${lane}/${site}.git`;
}

/** DNS name by which people on the site reach Gitea. */
export function publicHost(domain: string): string {
  return `git.${domain}`;
}
