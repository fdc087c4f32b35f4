import { isSealed, mapLeaves } from "./format";
import { isEncrypted } from "./seal";

/**
 * Why a Secret must not go into a site's repository as it is, or undefined if it may: each value has to be encrypted,
 * and one of those who can read it has to be the site.
 * @param recipient the site's; undefined if it is not known
 */
export function sealedProblem(secret: object, recipient: string | undefined): string | undefined {
  const { sops, ...rest } = secret as { readonly sops?: { readonly age?: unknown } };
  if (sops === undefined) return "is in clear";
  const inClear: string[] = [];
  mapLeaves(rest, (value, path) => {
    if (isEncrypted(path) && value !== "" && !isSealed(value)) inClear.push(path.join("."));
    return value;
  });
  if (inClear.length > 0) return `has ${inClear.join(", ")} in clear`;
  if (recipient === undefined) return "is for a site whose age recipient is not known";
  const recipients = Array.isArray(sops.age)
    ? (sops.age as readonly { readonly recipient?: unknown }[]).map((one) => one.recipient)
    : [];
  return recipients.includes(recipient) ? undefined : `is not encrypted for the site's recipient ${recipient}`;
}
