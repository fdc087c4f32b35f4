/** Names of variables whose values are secrets. */
const secretName = /(PASSPHRASE|PASSWORD|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY|ACCESS_KEY)/i;
/** Shorter values would mask half of every line, and protect nothing. */
const shortestSecret = 4;

/** The values in an environment that must not be shown. Names of files that hold secrets are none themselves. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= shortestSecret && secretName.test(name) && !name.endsWith("_FILE")
      ? [value]
      : [],
  );
}

/** Replaces each secret of at least four characters in a text, longer ones first, so that none shows through a shorter one inside it. */
export function masker(secrets: readonly string[]): (text: string) => string {
  const ordered = [...new Set(secrets)]
    .filter(({ length }) => length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
}
