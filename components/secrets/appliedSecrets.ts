import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { requireNewSecret, type SecretStore, type SiteSecret } from "./secretStore";

/** Applies secrets to the site's cluster, for targets that have one. In the stack's state they are encrypted. */
export class AppliedSecrets implements SecretStore {
  private readonly kept = new Set<string>();

  keep(secret: SiteSecret, opts: pulumi.CustomResourceOptions): string {
    requireNewSecret(this.kept, secret);
    const { namespace, name, type } = secret;
    const data = Object.entries(secret.data).map(([key, value]) => [key, pulumi.secret(value).apply(base64)] as const);
    new core.Secret(
      `${namespace}-${name}`,
      {
        metadata: { name, namespace, labels: { "app.kubernetes.io/managed-by": "edgewave" } },
        type,
        data: Object.fromEntries(data),
      },
      opts,
    );
    return name;
  }

  /** Empty: nothing is left for anybody else to apply. */
  manifests(): pulumi.Output<string> {
    return pulumi.secret("");
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
