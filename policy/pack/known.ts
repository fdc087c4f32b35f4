import * as proxy from "@pulumi/policy/proxy";

/** Stands for what a preview cannot know; a violation that only says this is none. */
export const unknownText = "(known only after the deployment)";

// The sentinels have no place in the package's typings; they are constants of the engine's protocol.
const { getSpecialProxyTarget, ...values } = proxy as unknown as Readonly<Record<string, unknown>>;
const sentinels = new Set(
  Object.entries(values).flatMap(([name, value]) => (/^unknown\w+Value$/.test(name) ? [value] : [])),
);

/**
 * Inputs as plain data. A pack gets them behind a proxy that throws at the first one that a preview does not know,
 * which would keep a rule from judging all the others.
 */
export function plainInputs(props: Readonly<Record<string, unknown>>): unknown {
  return plain(props[String(getSpecialProxyTarget)] ?? props);
}

function plain(value: unknown): unknown {
  if (sentinels.has(value)) return unknownText;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
