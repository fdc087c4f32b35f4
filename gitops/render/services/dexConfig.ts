import { dex } from "../../../components/identity/address";
import type { Dex, DexLdap, LocalIssuer } from "../../../fleet/model";

/** Where the pod has its files. */
export const dexFolders = {
  configuration: "/etc/dex/config",
  tls: "/etc/dex/tls",
  authority: "/etc/dex/authority",
} as const;

/** File of `dexFolders.authority`, for a directory with an authority of its own. */
export const ldapAuthorityFile = "ldap.pem";

/** Environment variable that a secret comes by, so that the configuration holds none. */
export const bindPasswordVariable = "LDAP_BIND_PASSWORD";
export const hashVariable = (user: string): string => `HASH_${user.toUpperCase().replaceAll("-", "_")}`;

/**
 * Dex's configuration (config.yaml, v2.45) for an issuer that edgewave runs. It is no secret: hashes and the directory's
 * password come by the environment.
 * @param site its name, for the login page.
 */
export function dexConfig(site: string, issuer: LocalIssuer, settings: Dex): object {
  const { users, ldap, tokenHours } = settings;
  return {
    issuer: issuer.url,
    // In the cluster's own store, so that a login survives the node that Dex is on. Flux brings the definitions.
    storage: { type: "kubernetes", config: { inCluster: true, crdHandling: "check" } },
    web: {
      https: `0.0.0.0:${dex.httpsPort}`,
      tlsCert: `${dexFolders.tls}/tls.crt`,
      tlsKey: `${dexFolders.tls}/tls.key`,
      tlsMinVersion: "1.2",
      headers: {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Strict-Transport-Security": "max-age=31536000",
      },
    },
    telemetry: { http: `0.0.0.0:${dex.telemetryPort}` },
    logger: { level: "info", format: "json" },
    frontend: { issuer: site },
    expiry: {
      idTokens: `${tokenHours}h`,
      signingKeys: "24h",
      deviceRequests: "5m",
      // A shift each day for a week without a new password; a month at most.
      refreshTokens: { validIfNotUsedFor: "168h", absoluteLifetime: "720h" },
    },
    oauth2: {
      // No password grant: a password is given to the login page alone.
      grantTypes: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      responseTypes: ["code"],
      skipApprovalScreen: true,
    },
    // Public clients with PKCE may only send people back to their own machine, or to the page for devices.
    staticClients: issuer.audiences.map((id) => ({ id, name: `${id} at ${site}`, public: true })),
    enablePasswordDB: users.length > 0,
    ...(users.length > 0 && {
      staticPasswords: users.map(({ name, email, groups }) => ({
        email,
        username: name,
        userID: name,
        groups: [...groups],
        hashFromEnv: hashVariable(name),
      })),
    }),
    ...(ldap !== undefined && { connectors: [directory(ldap)] }),
  };
}

function directory(ldap: DexLdap): object {
  const { host, authority, bindDn, userBaseDn, groupBaseDn } = ldap;
  return {
    type: "ldap",
    id: "directory",
    name: "Directory",
    config: {
      host,
      rootCA: authority === undefined ? `${dexFolders.tls}/ca.crt` : `${dexFolders.authority}/${ldapAuthorityFile}`,
      bindDN: bindDn,
      // Dex puts the environment's value in.
      bindPW: `$${bindPasswordVariable}`,
      userSearch: {
        baseDN: userBaseDn,
        username: ldap.usernameAttribute,
        // The whole name: an attribute may come back with another person.
        idAttr: "DN",
        emailAttr: ldap.emailAttribute,
        nameAttr: "cn",
        preferredUsernameAttr: ldap.usernameAttribute,
      },
      ...(groupBaseDn !== undefined && {
        groupSearch: {
          baseDN: groupBaseDn,
          userMatchers: [{ userAttr: "DN", groupAttr: ldap.memberAttribute }],
          nameAttr: "cn",
        },
      }),
    },
  };
}
