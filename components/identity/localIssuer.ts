import * as core from "@pulumi/kubernetes/core/v1";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedSite } from "../../fleet/model";
import type { Authority } from "../certificates/authority";
import { leafCertificate } from "../certificates/leaf";
import { restrictedNamespaceLabels } from "../pods/security";
import type { SecretStore } from "../secrets/secretStore";
import { dex } from "./address";

export interface LocalIssuerArgs {
  readonly site: ResolvedSite;
  readonly authority: Authority;
  readonly secrets: SecretStore;
  readonly provider: k8s.Provider;
}

/**
 * What the site's issuer for people needs before Flux brings it: its namespace, and a certificate that API servers trust.
 * The key of the site's authority never leaves the stack, so no issuer on the site could sign it.
 */
export class LocalIssuer extends pulumi.ComponentResource {
  /** As tokens have it in `iss`; empty if the site has none. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LocalIssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edgewave:identity:LocalIssuer", name, {}, opts);
    const url = args.site.identity?.local?.url ?? "";
    const { namespace } = dex;
    const space = new core.Namespace(
      `${name}-namespace`,
      { metadata: { name: namespace, labels: restrictedNamespaceLabels("restricted") } },
      { parent: this, provider: args.provider },
    );
    const host = new URL(url).hostname;
    const certificate = leafCertificate(
      `${name}-certificate`,
      { authority: args.authority, commonName: host, dnsNames: [host], ipAddresses: [], use: "server" },
      { parent: this },
    );
    args.secrets.keep(
      {
        namespace,
        name: dex.tlsSecret,
        type: "kubernetes.io/tls",
        data: {
          "tls.crt": certificate.certificate,
          "tls.key": certificate.privateKey,
          "ca.crt": args.authority.certificate,
        },
      },
      { parent: this, provider: args.provider, dependsOn: [space] },
    );
    this.url = pulumi.output(url);
    this.registerOutputs({ url: this.url });
  }
}
