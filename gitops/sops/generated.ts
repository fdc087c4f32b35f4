import { localS3 } from "../render/services/versitygw";
import type { PlatformService } from "../render/service";
import type { SecretObject } from "./seal";

/** Secrets that belong together because they hold the same credentials; they are made and replaced as one. */
export interface GeneratedGroup {
  readonly secrets: readonly SecretObject[];
}

/** Makes a credential: text of letters, digits, `-` and `_`, another one with each call. */
export type MakeCredential = () => string;

/**
 * Secrets that a site's services need and nobody has to choose: the login of the site's own S3, for its gateway and for
 * those who keep things there.
 */
export function generatedSecrets(
  services: readonly Pick<PlatformService, "name">[],
  credential: MakeCredential,
): readonly GeneratedGroup[] {
  const has = (name: string) => services.some((service) => service.name === name);
  const login = has("grafana")
    ? [{ secrets: [secret("grafana", "grafana-admin", { user: "admin", password: credential() })] }]
    : [];
  if (!has("versitygw")) return login;
  const id = credential();
  const key = credential();
  const root = secret("s3-gateway", "versitygw-root", { rootAccessKeyId: id, rootSecretAccessKey: key });
  // The form of an AWS credentials file, which Velero's plugin reads.
  const cloud = `[default]\naws_access_key_id=${id}\naws_secret_access_key=${key}\n`;
  return [...login, { secrets: [root, ...(has("velero") ? [secret("velero", localS3.secret, { cloud })] : [])] }];
}

function secret(namespace: string, name: string, stringData: Readonly<Record<string, string>>): SecretObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type: "Opaque", stringData };
}
