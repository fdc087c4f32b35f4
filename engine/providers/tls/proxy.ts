import { isIP } from "node:net";

import { isMap, withoutSecrets } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import { hostOf } from "./peers";

/**
 * The proxy for an `https://` address, by the provider's setting `proxy` or, unless that says no, by the environment
 * (`HTTPS_PROXY`, `NO_PROXY`).
 *
 * @throws ProviderError for kinds of proxies that the embedded engine does not serve.
 */
export function proxyFor(
  url: URL,
  settings: PropertyMap,
  environment: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const given = withoutSecrets(settings["proxy"] ?? null);
  const parsed = typeof given === "string" ? (JSON.parse(given) as PropertyMap) : given;
  const proxy = isMap(parsed) ? parsed : {};
  const named = proxy["url"];
  const byUrl = typeof named === "string" && named !== "" ? named : undefined;
  const text = byUrl ?? (proxy["fromEnv"] === false ? undefined : byEnvironment(url, environment));
  if (text === undefined) return undefined;
  const found = new URL(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
  if (found.protocol !== "http:" && found.protocol !== "https:") {
    throw new ProviderError(
      "EDGE-TLS-001",
      `the embedded engine reaches no server by a proxy of the kind ${found.protocol.replace(":", "")}`,
      "Use an HTTP proxy, or run this stack with the official engine",
    );
  }
  if (byUrl !== undefined && typeof proxy["username"] === "string") found.username = proxy["username"];
  if (byUrl !== undefined && typeof proxy["password"] === "string") found.password = proxy["password"];
  return found;
}

function byEnvironment(url: URL, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const read = (name: string) => environment[name] || environment[name.toLowerCase()] || undefined;
  const host = hostOf(url);
  const loopback = host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  const excluded = (read("NO_PROXY") ?? "")
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .some((one) => one !== "" && excludes(one, host.toLowerCase(), url.port || "443"));
  return loopback || excluded ? undefined : read("HTTPS_PROXY");
}

/** `example.com` and `.example.com` mean the hosts below too; a port must be the same. */
function excludes(pattern: string, host: string, port: string): boolean {
  if (pattern === "*") return true;
  const [, name = pattern, only] = /^(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
  const domain = name.replace(/^\*?\./, "");
  return (only === undefined || only === port) && (host === domain || host.endsWith(`.${domain}`));
}
