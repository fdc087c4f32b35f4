import { createHmac } from "node:crypto";
import { yamlText } from "../file/yamlText";

/** A Secret whose values are known. */
export interface SecretData {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Renders Secrets as one stream of YAML documents, in order of namespace and name. */
export function secretManifests(secrets: readonly SecretData[]): string {
  const key = (secret: SecretData) => `${secret.namespace}/${secret.name}`;
  return [...secrets]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(({ namespace, name, type, data }) =>
      yamlText({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace, labels: { "app.kubernetes.io/managed-by": "edgewave" } },
        type,
        stringData: { ...data },
      }),
    )
    .join("---\n");
}

/**
 * Derives an independent secret from a root, so that one random resource is enough for several values.
 * @param purpose what the value is for; different purposes give unrelated values.
 * @returns 43 characters of base64url, which stand for 32 bytes.
 */
export function derivedSecret(root: string, purpose: string): string {
  return createHmac("sha256", root).update(`edgewave ${purpose}`).digest("base64url");
}
