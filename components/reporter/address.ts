/** Where the site's reporter is on every site; nothing here depends on the site. */
export const reporter = {
  namespace: "site-report",
  name: "site-reporter",
  labels: { "app.kubernetes.io/name": "site-reporter" },
} as const;

/** A site's report, as it lies in the site's repository. The reporter writes it, and edgewave at the hub reads it. */
export const siteReport = {
  /** Version of the report's form; another one is not read. */
  form: "edgewave.dev/site-report/v1",
  /** Of `site/<site>`; it has one commit, which the next report takes the place of. */
  branch: "status",
  file: "status.json",
  /** Keeps a signature over a report from passing for one over anything else. */
  namespace: "edgewave-report",
  /** Of `status.json`; what its parts may have together, with room for the marks around them. */
  mostBytes: 1024 * 1024,
} as const;

/** Who may sign a site's reports (ssh-keygen(1), ALLOWED SIGNERS), in the site's folder of rendered files. */
export const reportSignersPath = "report/allowed_signers";

/**
 * A line of allowed signers: the site, for its reports alone.
 * @param publicKey `ssh-ed25519 AAAA...`, with or without a comment
 */
export function reportSigner(site: string, publicKey: string): string {
  const [type = "", key = ""] = publicKey.trim().split(/\s+/);
  return `${site} namespaces="${siteReport.namespace}" ${type} ${key}\n`;
}

/** The parts of a report that hold what somebody on the site answered, in their order. */
export const reportParts = [
  "nodes",
  "kubernetes",
  "gitRepositories",
  "kustomizations",
  "helmReleases",
  "gitea",
  "deployRefs",
  "siteRefs",
  "bufferMessages",
  "bufferTrend",
  "bufferFill",
  "clockOffset",
  "certificateEnds",
  "certificates",
] as const;

export type ReportPart = (typeof reportParts)[number];
