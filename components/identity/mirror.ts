import type { Bastion, Identity } from "../../fleet/model";

/** Where the mirror keeps what it serves, below its own root. */
export const mirrorPaths = { discovery: "/.well-known/openid-configuration", keys: "/keys.json" } as const;

/** Base address of the mirror of the hub's issuer, at the site's bastion. */
function mirrorUrl({ host }: Pick<Bastion, "host">, { mirrorPort }: Pick<Identity, "mirrorPort">): string {
  return `https://${host}:${mirrorPort}`;
}

/** Where an API server looks for the hub's issuer. It has to differ from the issuer's own address. */
export function discoveryUrl(bastion: Pick<Bastion, "host">, identity: Pick<Identity, "mirrorPort">): string {
  return `${mirrorUrl(bastion, identity)}${mirrorPaths.discovery}`;
}

/**
 * The discovery document as the mirror serves it: the hub's issuer, and keys that are on the site. An API server reads no
 * more of it (OpenID Connect Discovery 1.0, section 3, has these as required).
 */
export function discoveryDocument(bastion: Pick<Bastion, "host">, identity: Identity): object | undefined {
  if (identity.hub === undefined) return undefined;
  return {
    issuer: identity.hub.url,
    jwks_uri: `${mirrorUrl(bastion, identity)}${mirrorPaths.keys}`,
    authorization_endpoint: `${identity.hub.url}/auth`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256", "ES256"],
  };
}
