import * as pulumi from "@pulumi/pulumi";
import { ComponentArgumentError } from "../argumentError";
import { secretManifests, type SecretData } from "./plan";

/** A Kubernetes Secret that a component needs on the site. */
export interface SiteSecret {
  readonly namespace: string;
  readonly name: string;
  readonly type: "Opaque" | "kubernetes.io/tls" | "kubernetes.io/basic-auth";
  readonly data: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Takes the secrets that components make and brings them where the site's target can have them. */
export interface SecretStore {
  /**
   * @param opts of the component that has it: its parent, provider and namespace.
   * @returns the secret's name, for whoever refers to it.
   * @throws ComponentArgumentError `EDGE-COMPONENT-005` if the namespace has a secret of that name already.
   */
  keep(secret: SiteSecret, opts: pulumi.CustomResourceOptions): string;
  /** YAML of the Secrets that somebody has to apply; a secret value. */
  manifests(): pulumi.Output<string>;
}

/** @throws ComponentArgumentError `EDGE-COMPONENT-005` for a secret that is there already; else it is there from now on. */
export function requireNewSecret(kept: Set<string>, { namespace, name }: SiteSecret): void {
  const key = `${namespace}/${name}`;
  if (kept.has(key)) {
    throw new ComponentArgumentError(
      "EDGE-COMPONENT-005",
      "SecretStore",
      `secret ${key}`,
      "two components keep a secret of this name",
      "Give one of them another name",
    );
  }
  kept.add(key);
}

/**
 * Keeps secrets in the stack's state only, as one secret output, because rendering would write them to disk in clear
 * (docs/adr/0005).
 */
export class CollectedSecrets implements SecretStore {
  private readonly kept = new Set<string>();
  private readonly secrets: SiteSecret[] = [];

  keep(secret: SiteSecret, _opts: pulumi.CustomResourceOptions): string {
    requireNewSecret(this.kept, secret);
    this.secrets.push(secret);
    return secret.name;
  }

  /** YAML of all Secrets, for `kubectl apply -f -` once their namespaces are there; a secret value. */
  manifests(): pulumi.Output<string> {
    const known = pulumi.all(this.secrets.map((secret) => resolved(secret)));
    return pulumi.secret(known.apply(secretManifests));
  }
}

function resolved(secret: SiteSecret): pulumi.Output<SecretData> {
  const { namespace, name, type } = secret;
  const data: pulumi.Output<Record<string, string>> = pulumi.all({ ...secret.data });
  return data.apply((known) => ({ namespace, name, type, data: known }));
}
