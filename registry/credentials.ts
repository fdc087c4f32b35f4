import { z } from "zod";

export type Credentials = { readonly username: string; readonly password: string } | { readonly identityToken: string };

/** Credentials by registry, as in Docker's `config.json`. */
export interface CredentialStore {
  /**
   * @param host with its port, as it is connected to
   * @param repository path in the registry
   */
  of(host: string, repository: string): Credentials | undefined;
  /** Whether the file leaves some or all to a program, which is never started. */
  readonly leavesToHelpers: boolean;
}

const entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const fileSchema = z.object({
  auths: z.record(z.string(), entry).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

export const noCredentials: CredentialStore = { of: () => undefined, leavesToHelpers: false };

/**
 * Reads the form that `docker login`, `podman login` and Kubernetes' `.dockerconfigjson` share: `auths` by registry, or
 * by registry and leading part of the repository (containers-auth.json(5)).
 * @throws Error that holds nothing of the text.
 */
export function parseCredentials(text: string): CredentialStore {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new Error("it is no JSON");
  }
  const read = fileSchema.safeParse(json);
  if (!read.success) throw new Error("it does not have the form of Docker's config.json");
  const { auths = {}, credsStore, credHelpers = {} } = read.data;
  const known = new Map<string, Credentials>();
  for (const [key, value] of Object.entries(auths)) {
    const credentials = credentialsOf(key, value);
    if (credentials !== undefined) known.set(normal(key), credentials);
  }
  return {
    of: (host, repository) => {
      const parts = [normal(host), ...repository.split("/")];
      for (let length = parts.length; length > 0; length -= 1) {
        const found = known.get(parts.slice(0, length).join("/"));
        if (found !== undefined) return found;
      }
      return undefined;
    },
    leavesToHelpers: credsStore !== undefined || Object.keys(credHelpers).length > 0,
  };
}

function credentialsOf(key: string, { auth, username, password, identitytoken }: z.output<typeof entry>) {
  if (identitytoken !== undefined && identitytoken !== "") return { identityToken: identitytoken };
  if (username !== undefined && password !== undefined) return { username, password };
  if (auth === undefined || auth === "") return undefined;
  const decoded = Buffer.from(auth, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon < 1) throw new Error(`auths.${JSON.stringify(key)}.auth does not hold user:password in base64`);
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** `https://index.docker.io/v1/` is how Docker names its Hub. */
function normal(key: string): string {
  const plain = key
    .replace(/^https?:\/\//, "")
    .replace(/\/v[12]\/?$/, "")
    .replace(/\/+$/, "");
  return ["index.docker.io", "registry-1.docker.io"].includes(plain) ? "docker.io" : plain;
}
