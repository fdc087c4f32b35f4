import { isMap, secretOf, withoutSecrets } from "../../../property/shape";
import { Unknown } from "../../../property/value";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import type { CheckFailure } from "../../provider";
import { secretTexts } from "../secrets";

/** Where and as whom to log in. */
export interface Endpoint {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  /** A private key in OpenSSH or PEM form. */
  readonly privateKey: string | undefined;
  readonly privateKeyPassword: string | undefined;
  /** Socket of an SSH agent; without it, that of SSH_AUTH_SOCK. */
  readonly agentSocketPath: string | undefined;
  /** How many tries may fail; -1 for no limit. */
  readonly dialErrorLimit: number;
  /** Seconds for each try; 0 for no limit. */
  readonly perDialTimeout: number;
  /** The expected host key as in authorized_keys; without it any key is taken. */
  readonly hostKey: string | undefined;
}

export interface Connection extends Endpoint {
  /** The host to go through. */
  readonly proxy: Endpoint | undefined;
}

/** Defaults as the official provider sets them. */
const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 } as const;

const kinds: Readonly<Record<string, "string" | "number">> = {
  user: "string",
  password: "string",
  host: "string",
  port: "number",
  privateKey: "string",
  privateKeyPassword: "string",
  agentSocketPath: "string",
  dialErrorLimit: "number",
  perDialTimeout: "number",
  hostKey: "string",
};

const secretKeys = ["password", "privateKey", "privateKeyPassword"];

/**
 * Completes a connection with the official defaults, as one secret, and finds what does not fit in it.
 *
 * @param value the input `connection`; one that is not known yet is left as it is.
 */
export function checkConnection(value: PropertyValue | undefined): {
  readonly connection: PropertyValue;
  readonly failures: readonly CheckFailure[];
} {
  const clear = withoutSecrets(value ?? null);
  if (clear instanceof Unknown) return { connection: secretOf(clear), failures: [] };
  if (!isMap(clear)) {
    const reason = clear === null ? "is missing: where to connect to" : "must be a map with at least a host";
    return { connection: secretOf(clear), failures: [{ property: "connection", reason }] };
  }
  const { proxy, ...own } = withoutNulls(clear);
  const failures = endpointFailures(own, "connection");
  if (proxy === undefined) return { connection: secretOf({ ...defaults, ...own }), failures };
  if (proxy instanceof Unknown) return { connection: secretOf({ ...defaults, ...own, proxy }), failures };
  if (!isMap(proxy)) {
    failures.push({ property: "connection.proxy", reason: "must be a map with at least a host" });
    return { connection: secretOf(clear), failures };
  }
  const through = withoutNulls(proxy);
  failures.push(...endpointFailures(through, "connection.proxy"));
  return { connection: secretOf({ ...defaults, ...own, proxy: { ...defaults, ...through } }), failures };
}

function endpointFailures(endpoint: PropertyMap, at: string): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (endpoint["host"] === undefined) {
    failures.push({ property: `${at}.host`, reason: "is missing: the address to connect to" });
  }
  for (const [key, value] of Object.entries(endpoint)) {
    const property = `${at}.${key}`;
    const kind = kinds[key];
    if (kind === undefined) {
      failures.push({
        property,
        reason: `there is no such setting; there are ${Object.keys(kinds).join(", ")}, proxy`,
      });
    } else if (!(value instanceof Unknown) && typeof value !== kind) {
      failures.push({ property, reason: `must be a ${kind}` });
    } else if (key === "port" && !(value instanceof Unknown) && !isPort(value)) {
      failures.push({ property, reason: "must be a whole number from 1 to 65535" });
    }
  }
  return failures;
}

function isPort(value: PropertyValue): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}

/** Reads a checked connection. */
export function readConnection(inputs: PropertyMap): Connection {
  const clear = withoutSecrets(inputs["connection"] ?? null);
  const map = isMap(clear) ? clear : {};
  return { ...readEndpoint(map), proxy: isMap(map["proxy"]) ? readEndpoint(map["proxy"]) : undefined };
}

function readEndpoint(map: PropertyMap): Endpoint {
  const text = (key: string): string | undefined => (typeof map[key] === "string" ? map[key] : undefined);
  const number = (key: "port" | "dialErrorLimit" | "perDialTimeout"): number =>
    typeof map[key] === "number" ? map[key] : defaults[key];
  return {
    user: text("user") ?? defaults.user,
    host: text("host") ?? "",
    port: number("port"),
    password: text("password"),
    privateKey: text("privateKey"),
    privateKeyPassword: text("privateKeyPassword"),
    agentSocketPath: text("agentSocketPath"),
    dialErrorLimit: number("dialErrorLimit"),
    perDialTimeout: number("perDialTimeout"),
    hostKey: text("hostKey"),
  };
}

/**
 * What must not be shown of a remote resource's inputs. A connection is secret as a whole, but its host and user stand
 * in every message; its keys and passwords in none.
 */
export function remoteSecrets(inputs: PropertyMap): readonly string[] {
  const { connection, ...others } = inputs;
  const clear = withoutSecrets(connection ?? null);
  const endpoints = isMap(clear) ? [clear, clear["proxy"] ?? null] : [];
  const secrets = endpoints.flatMap((endpoint) =>
    isMap(endpoint) ? secretKeys.flatMap((key) => (typeof endpoint[key] === "string" ? [endpoint[key]] : [])) : [],
  );
  return secretTexts({ ...others, secrets: secretOf(secrets) });
}
