/** Where the site's own issuer for people is; nothing here depends on the site. */
export const dex = {
  namespace: "dex",
  name: "dex",
  labels: { "app.kubernetes.io/name": "dex" },
  httpsPort: 5554,
  telemetryPort: 5558,
  /** Secret with the certificate of its address, by the site's authority; it has `ca.crt` too. */
  tlsSecret: "dex-tls",
} as const;
