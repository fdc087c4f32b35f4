import { X509Certificate } from "node:crypto";
import { parse } from "yaml";
import { KubesprayFailed } from "./failure";

export interface Kubeconfig {
  /** JSON, which is YAML too. */
  readonly text: string;
  /** When its client certificate runs out; ISO. */
  readonly expires: string;
}

/**
 * A kubeconfig for the driver, made of what a control plane has in /etc/kubernetes/admin.conf. Only certificates and key
 * are taken: the file comes from the site, and a kubeconfig can name programs to run and files to read. Pure.
 * @param host address of the API server as the nodes reach it.
 * @throws KubesprayFailed `EDGE-KUBESPRAY-011` without quoting the file, which holds a key.
 */
export function driverKubeconfig(admin: string, site: string, host: string): Kubeconfig {
  const config = parsed(admin);
  const [cluster, user] = [only(config, "clusters", "cluster"), only(config, "users", "user")];
  const authority = pem(cluster, "certificate-authority-data", "CERTIFICATE");
  const certificate = pem(user, "client-certificate-data", "CERTIFICATE");
  const key = pem(user, "client-key-data", "PRIVATE KEY");
  let expires: Date;
  try {
    expires = new Date(new X509Certificate(Buffer.from(certificate, "base64")).validTo);
    new X509Certificate(Buffer.from(authority, "base64"));
  } catch (error) {
    throw unusable("holds a certificate that cannot be read", error);
  }
  const text = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: site, cluster: { server: `https://${host}:6443`, "certificate-authority-data": authority } }],
    users: [{ name: site, user: { "client-certificate-data": certificate, "client-key-data": key } }],
    contexts: [{ name: site, context: { cluster: site, user: site } }],
    "current-context": site,
  });
  return { text, expires: expires.toISOString() };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    // What the parser says quotes the file.
    throw unusable("is no YAML");
  }
}

function only(config: unknown, list: string, part: string): Readonly<Record<string, unknown>> {
  const entries = isObject(config) ? config[list] : undefined;
  const entry: unknown = Array.isArray(entries) && entries.length === 1 ? entries[0] : undefined;
  const found = isObject(entry) ? entry[part] : undefined;
  if (!isObject(found)) throw unusable(`does not have one entry in ${list}`);
  return found;
}

function pem(part: Readonly<Record<string, unknown>>, key: string, kind: string): string {
  const value = part[key];
  const text = typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : "";
  if (!text.includes(`${kind}-----`)) throw unusable(`has no ${key}`);
  return value as string;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unusable(why: string, cause?: unknown): KubesprayFailed {
  return new KubesprayFailed("EDGE-KUBESPRAY-011", `the kubeconfig of the cluster ${why}`, { cause });
}
