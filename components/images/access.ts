import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { ResolvedSite } from "../../fleet/model";
import type { Authority } from "../certificates/authority";
import { leafCertificate } from "../certificates/leaf";
import { secretVariables } from "./mirrors";

/** The account of the site's nodes at the bastion's registry. */
export const nodeAccount = "node";

/** What nodes show the registry, and what the registry has to know of them. All secret. */
export interface RegistryAccess {
  /** Values of the variables in `secretVariables`, for Ansible; empty if the registry knows nobody. */
  readonly nodeVariables: pulumi.Output<Record<string, string>>;
  /** A line of an htpasswd file (bcrypt) for the bastion; undefined unless nodes have a password. */
  readonly htpasswd: pulumi.Output<string> | undefined;
}

/** Makes what the site's way of authentication needs; nothing for a registry that knows nobody. */
export function registryAccess(
  name: string,
  site: Pick<ResolvedSite, "name" | "bastion">,
  authority: Authority,
  opts: pulumi.CustomResourceOptions,
): RegistryAccess {
  switch (site.bastion.registryAuthentication) {
    case "none":
      return { nodeVariables: pulumi.secret<Record<string, string>>({}), htpasswd: undefined };
    case "password": {
      const password = new RandomPassword(`${name}-password`, { length: 40, special: false }, opts);
      const nodeVariables = password.result.apply((value): Record<string, string> => ({
        [secretVariables.authorization]: `Basic ${Buffer.from(`${nodeAccount}:${value}`).toString("base64")}`,
      }));
      const htpasswd = pulumi.secret(password.bcryptHash.apply((hash) => `${nodeAccount}:${hash}`));
      return { nodeVariables: pulumi.secret(nodeVariables), htpasswd };
    }
    case "certificate": {
      const commonName = `${nodeAccount}.${site.name}`;
      const use = { commonName, dnsNames: [], ipAddresses: [], use: "client" as const };
      const { certificate, privateKey } = leafCertificate(`${name}-client`, { authority, ...use }, opts);
      const nodeVariables = pulumi.all([certificate, privateKey]).apply(([pem, key]): Record<string, string> => ({
        [secretVariables.clientCertificate]: pem,
        [secretVariables.clientKey]: key,
      }));
      return { nodeVariables: pulumi.secret(nodeVariables), htpasswd: undefined };
    }
  }
}
