import { hasForm } from "../fleet/schema/formats";

/** Where an upstream registry is asked. */
export interface Endpoint {
  /** `https://host[:port]`, or `http://` if somebody said so. */
  readonly origin: string;
  /** Path before the repository's own, ending in a slash unless it is empty, such as `docker.io/`. */
  readonly prefix: string;
}

export interface RegistryMap {
  /** A registry that has every upstream below a path of its name, as bastions and hub registries do. */
  readonly via?: Address | undefined;
  /** What stands for single upstream registries; wins over `via`. */
  readonly byName: Readonly<Record<string, Address>>;
}

export interface Address {
  readonly origin: string;
  /** Without slashes at its ends. */
  readonly path: string;
}

const addressForm = /^(?:(https?):\/\/)?([^/]+)((?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)\/?$/;

/**
 * Reads `[https://]host[:port][/path]`. Without a scheme it is HTTPS.
 * @returns undefined if it is none.
 */
export function parseAddress(text: string): Address | undefined {
  const [, scheme = "https", host = "", path = ""] = addressForm.exec(text) ?? [];
  if (!hasForm("edgewave-host", host) && !hasForm("edgewave-host-port", host)) return undefined;
  return { origin: `${scheme}://${host}`, path: path.slice(1) };
}

/** Where Docker Hub answers; `docker.io` itself does not. */
const dockerHub = "https://registry-1.docker.io";

/**
 * @param registry name that images are named by, such as `quay.io`
 */
export function endpointOf(registry: string, { via, byName }: RegistryMap): Endpoint {
  const own = Object.hasOwn(byName, registry) ? byName[registry] : undefined;
  if (own !== undefined) return { origin: own.origin, prefix: own.path === "" ? "" : `${own.path}/` };
  if (via !== undefined) {
    return { origin: via.origin, prefix: `${via.path === "" ? "" : `${via.path}/`}${registry}/` };
  }
  return { origin: registry === "docker.io" ? dockerHub : `https://${registry}`, prefix: "" };
}

/** Whether what is sent there can be read by nobody on the way: TLS, or this machine itself. */
export function isPrivate(url: URL): boolean {
  return url.protocol === "https:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
