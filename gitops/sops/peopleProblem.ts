import { peopleSecret } from "../../fleet/checks/identity";
import type { SecretObject } from "./seal";

/** Work factor that a hash must have at least: OWASP's Password Storage Cheat Sheet, bcrypt. */
export const leastCost = 10;

/**
 * What is wrong with the passwords of a site's issuer, before anything is encrypted: afterwards nobody can see it.
 * @returns undefined for any other Secret, and for one that is right; never a value.
 */
export function peopleProblem({ metadata, stringData = {}, ...rest }: SecretObject): string | undefined {
  if (metadata.namespace !== peopleSecret.namespace || metadata.name !== peopleSecret.name) return undefined;
  const { data = {} } = rest as { readonly data?: Readonly<Record<string, string>> };
  const values = [
    ...Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")] as const),
    ...Object.entries(stringData),
  ];
  const problems = values
    .filter(([key]) => key !== peopleSecret.bindPassword)
    .flatMap(([key, value]) => {
      const cost = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(value)?.[1];
      if (cost === undefined) return [`${key} is no bcrypt hash`];
      return Number(cost) < leastCost ? [`the hash of ${key} has a cost of ${Number(cost)}`] : [];
    });
  return problems.length === 0 ? undefined : problems.join(", ");
}
