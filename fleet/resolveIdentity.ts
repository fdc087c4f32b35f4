import type { Dex, Identity, Issuer, LocalIssuer } from "./model";
import { fillIn } from "./placeholders";
import type { SiteDocument } from "./schema";

type IdentityDocument = NonNullable<SiteDocument["spec"]["identity"]>;
type LocalDocument = NonNullable<IdentityDocument["local"]>;
type Values = { readonly site: string; readonly domain: string };

const usual = { mirrorPort: 8443, dexPort: 30_554, tokenHours: 8 };

/** Whole, not merged: a site that names issuers has no others. */
export function resolveIdentity(written: IdentityDocument | undefined, values: Values): Identity | undefined {
  if (written?.hub === undefined && written?.local === undefined) return undefined;
  return {
    hub: written.hub && issuerOf(written.hub, fillIn(written.hub.url, values), { claim: "sub", prefix: "hub:" }),
    local: written.local && localOf(written.local, values),
    mirrorPort: written.mirrorPort ?? usual.mirrorPort,
  };
}

function localOf(written: LocalDocument, values: Values): LocalIssuer {
  const dex = written.dex && dexOf(written.dex, values);
  // What Dex has in `sub` is made of its own names; people are known by their addresses.
  const own = { claim: dex === undefined ? "sub" : "email", prefix: "site:" };
  const url = dex === undefined ? fillIn(written.url ?? "", values) : `https://id.${values.domain}:${dex.port}/dex`;
  return { ...issuerOf(written, url, own), ...(dex !== undefined && { dex }) };
}

function issuerOf(
  written: Omit<LocalDocument, "url" | "dex">,
  url: string,
  own: { readonly claim: string; readonly prefix: string },
): Issuer {
  return {
    url,
    audiences: written.audiences ?? ["kubernetes"],
    usernameClaim: written.usernameClaim ?? own.claim,
    groupsClaim: written.groupsClaim ?? "groups",
    prefix: written.prefix ?? own.prefix,
  };
}

function dexOf({ port, tokenHours, users = [], ldap }: NonNullable<LocalDocument["dex"]>, values: Values): Dex {
  return {
    port: port ?? usual.dexPort,
    tokenHours: tokenHours ?? usual.tokenHours,
    users: users.map(({ name, email, groups }) => ({ name, email, groups: groups ?? [] })),
    ldap: ldap && {
      host: fillIn(ldap.host, values),
      authority: ldap.authority,
      bindDn: ldap.bindDn,
      userBaseDn: ldap.userBaseDn,
      usernameAttribute: ldap.usernameAttribute ?? "uid",
      emailAttribute: ldap.emailAttribute ?? "mail",
      groupBaseDn: ldap.groupBaseDn,
      memberAttribute: ldap.memberAttribute ?? "member",
    },
  };
}
