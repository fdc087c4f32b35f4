/** How a registry wants to be spoken to (RFC 9110, section 11.6.1). */
export type Challenge =
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: string; readonly service: string | undefined };

const schemes = /(?:^|,)\s*(basic|bearer)\s+/gi;
const parameter = /([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi;

/**
 * @param header `WWW-Authenticate`, of which a registry may send several in one
 * @returns the strongest that is understood: a token is worth less than a password to whoever gets it
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const starts = [...header.matchAll(schemes)].map((match) => ({
    scheme: (match[1] ?? "").toLowerCase(),
    from: match.index + match[0].length,
    at: match.index,
  }));
  const challenges = starts.map(({ scheme, from }, index): Challenge | undefined => {
    if (scheme === "basic") return { scheme };
    const text = header.slice(from, starts[index + 1]?.at);
    const values = new Map(
      [...text.matchAll(parameter)].map(([, name = "", quoted, token]) => [
        name.toLowerCase(),
        (quoted ?? token ?? "").replace(/\\(.)/g, "$1"),
      ]),
    );
    const realm = values.get("realm");
    return realm === undefined ? undefined : { scheme: "bearer", realm, service: values.get("service") };
  });
  return challenges.find((one) => one?.scheme === "bearer") ?? challenges.find((one) => one !== undefined);
}
