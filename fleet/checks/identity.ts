import { isIPv4 } from "node:net";
import { overlap, rangeOf } from "../addressRange";
import type { Dex, Fleet, ResolvedSite } from "../model";
import { overridesOf } from "../overrides";
import type { Problem } from "../problem";
import { listOf } from "../quote";
import type { Check } from "./check";

/** Where the issuer's secrets are: a bcrypt hash by the name of each person, and the directory's password. */
export const peopleSecret = { namespace: "dex", name: "dex-people", bindPassword: "ldap.bindPassword" } as const;

/** Whether an object is the Secret of the issuer's people. */
export function isPeopleSecret({
  kind,
  metadata: { name, namespace },
}: {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}): boolean {
  return kind === "Secret" && namespace === peopleSecret.namespace && name === peopleSecret.name;
}

/** The issuer that runs on a site knows somebody, by itself or by a directory that is there too, and fits the profile. */
export const checkIdentity: Check = ({ sites, knowledge: { profiles } }) =>
  sites.flatMap((site): Problem[] => {
    const dex = site.identity?.local?.dex;
    if (dex === undefined) return [];
    const at = { source: site.source, path: ["spec", "identity", "local", "dex"] };
    const { buffer } = site.ingestion;
    const { fits, problems } = profiles.nodeBudget(profiles.profileOf(site.profile), {
      buffer,
      grafana: site.platform.grafana,
      dex: true,
    });
    return [
      ...(dex.users.length === 0 && dex.ldap === undefined
        ? [{ code: "EDGE-ID-001" as const, ...at, message: "there are neither users nor a directory" }]
        : []),
      ...twice(dex, at),
      ...(fits ? [] : [{ code: "EDGE-ID-004" as const, ...at, message: problems.join("; ") }]),
      ...(dex.ldap === undefined || isOnSite(hostOf(dex.ldap.host), site)
        ? []
        : [
            {
              code: "EDGE-ID-003" as const,
              ...at,
              path: [...at.path, "ldap", "host"],
              message: `${dex.ldap.host} is neither in ${site.domain} nor in ${site.network.nodeCidr}`,
            },
          ]),
    ];
  });

function twice({ users }: Dex, at: Pick<Problem, "source"> & { readonly path: string[] }): Problem[] {
  return (["name", "email"] as const).flatMap((key) => {
    const seen = new Set<string>();
    return users.flatMap((user, index): Problem[] => {
      // Addresses are compared as Dex does.
      const value = user[key].toLowerCase();
      if (!seen.has(value)) {
        seen.add(value);
        return [];
      }
      const path = [...at.path, "users", index, key];
      return [{ code: "EDGE-ID-002", ...at, path, message: `${user[key]} is there twice` }];
    });
  });
}

const hostOf = (endpoint: string): string => endpoint.slice(0, endpoint.lastIndexOf(":"));

function isOnSite(host: string, { domain, network }: ResolvedSite): boolean {
  if (!isIPv4(host)) return host === domain || host.endsWith(`.${domain}`);
  return overlap(rangeOf(`${host}/32`), rangeOf(network.nodeCidr));
}

/**
 * Each person of a site's issuer has a password among the Secrets that overrides bring; names of keys are in clear in what
 * SOPS encrypts. Not among the checks of reading: the command that makes these Secrets reads the fleet too.
 */
export function peopleSecretProblems({ sites, overrides }: Pick<Fleet, "sites" | "overrides">): Problem[] {
  return sites.flatMap((site): Problem[] => {
    const dex = site.identity?.local?.dex;
    if (dex === undefined) return [];
    const keys = new Set(
      overridesOf(site, overrides).flatMap(({ objects }) =>
        objects
          .filter(({ object }) => isPeopleSecret(object))
          .flatMap(({ object }) => [...Object.keys(object["data"] ?? {}), ...Object.keys(object["stringData"] ?? {})]),
      ),
    );
    const wanted = [
      ...dex.users.map(({ name }) => name),
      ...(dex.ldap === undefined ? [] : [peopleSecret.bindPassword]),
    ];
    const missing = wanted.filter((key) => !keys.has(key));
    if (missing.length === 0) return [];
    const { namespace, name } = peopleSecret;
    const path = ["spec", "identity", "local", "dex"];
    const message = `${site.name} has no Secret ${namespace}/${name} with ${listOf(missing)}`;
    return [{ code: "EDGE-ID-005", source: site.source, path, message }];
  });
}
