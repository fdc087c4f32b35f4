import type { CodeText } from "./codeText";

/** The issuer for people that runs on a site. */
export const identityCodes = {
  "EDGE-ID-001": {
    title: "The site's issuer knows nobody",
    why: "Dex starts without people, and nobody can log in by it when the hub is away.",
    fix: "Name people under identity.local.dex.users, or a directory under identity.local.dex.ldap.",
    severity: "error",
  },
  "EDGE-ID-002": {
    title: "Two people of the site's issuer have one name or address",
    why: "The name is the key of a person's password, and the address is what the cluster knows a person by.",
    fix: "Give each a name and an address of their own.",
    severity: "error",
  },
  "EDGE-ID-003": {
    title: "The directory of the site's issuer is not on the site",
    why: "A directory elsewhere cannot be asked while there is no link, which is when the site's issuer is needed.",
    fix: "Name a replica of the directory by an address of the site's nodes, or by a name in the site's domain.",
    severity: "error",
  },
  "EDGE-ID-004": {
    title: "An issuer for people does not fit the profile",
    why: "The profile's nodes have no memory for it beside what must run.",
    fix: "Leave identity.local.dex out and use the break-glass certificate, or choose a larger profile.",
    severity: "error",
  },
  "EDGE-ID-005": {
    title: "The site's issuer has no password for somebody",
    why: "Its pods do not start without the Secret, and the person cannot log in.",
    fix: "Put a bcrypt hash under the name that is missing, seal it with `edgewave seal SITE < secret.yaml`, and put what it prints into overrides.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
