import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chartFolder } from "../../catalog";
import type { Fleet } from "../../fleet/model";
import {
  createTransport,
  noCredentials,
  parseAddress,
  parseCredentials,
  RegistryClient,
  type Address,
  type CredentialStore,
  type RegistryMap,
} from "../../registry";
import type { Io } from "../io";
import { wholeNumber } from "../options";
import { UserError } from "../userError";

/** How registries are asked. */
export interface RegistryOptions {
  readonly via?: string;
  readonly registryMap?: readonly string[];
  readonly caFile?: string;
  readonly authFile?: string;
  readonly concurrency: string;
}

/** Registries that can be asked, until they are closed. */
export interface Registries {
  readonly concurrency: number;
  client(fleet: Pick<Fleet, "hub">): RegistryClient;
  /** The same text for the same registries; digests of one are not those of another. */
  sourceOf(fleet: Pick<Fleet, "hub">): string;
  close(): void;
}

/** Milliseconds for one answer over a slow link. */
const timeout = 60_000;

/** @throws UserError for an option or a file that cannot be used; nothing has been asked then. */
export async function openRegistries(io: Io, options: RegistryOptions): Promise<Registries> {
  const concurrency = wholeNumber("--concurrency", options.concurrency, 1);
  const byName = Object.fromEntries((options.registryMap ?? []).map(mapping));
  const via = options.via === undefined || options.via === "hub" ? undefined : address("--via", options.via);
  const authorities = await authoritiesOf(io, options.caFile);
  const credentials = await credentialsOf(io, options.authFile);
  const transport = createTransport({ authorities, timeout });
  const mapOf = ({ hub }: Pick<Fleet, "hub">): RegistryMap => {
    const ofHub = address("hub.registry", hub.registry);
    if (options.via === "hub") return { byName, via: ofHub };
    // Charts have no registry of their own name, and sites get what the hub has.
    const path = [ofHub.path, chartFolder].filter((part) => part !== "").join("/");
    return via === undefined ? { byName: { [chartFolder]: { ...ofHub, path }, ...byName } } : { byName, via };
  };
  const pause = async (seconds: number, signal: AbortSignal): Promise<void> => {
    await sleep(seconds * 1000, undefined, { signal });
  };
  return {
    concurrency,
    client: (fleet) => new RegistryClient({ transport, credentials, map: mapOf(fleet), pause }),
    sourceOf: (fleet) => JSON.stringify(mapOf(fleet)),
    close: () => transport.close(),
  };
}

function mapping(text: string): readonly [string, Address] {
  const at = text.indexOf("=");
  const upstream = text.slice(0, Math.max(at, 0));
  if (!/^[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]{1,5})?$/.test(upstream)) {
    throw new UserError(
      "EDGE-CLI-081",
      `--registry-map ${text} does not name an upstream registry`,
      "Write it as docker.io=mirror.example:5000/hub.",
    );
  }
  return [upstream, address("--registry-map", text.slice(at + 1))];
}

function address(option: string, text: string): Address {
  const found = parseAddress(text);
  if (found !== undefined) return found;
  throw new UserError("EDGE-CLI-081", `${option}: ${text} is no registry`, "Write it as host[:port][/path].");
}

async function authoritiesOf(io: Io, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await read(path.resolve(io.cwd, file));
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new UserError("EDGE-CLI-082", `${file} holds no certificate in PEM`, "Name a file that does.");
}

/** The named file has to be there; the usual ones may be. */
async function credentialsOf(io: Io, named: string | undefined): Promise<CredentialStore> {
  const { REGISTRY_AUTH_FILE, DOCKER_CONFIG } = io.env;
  const wanted = named ?? (REGISTRY_AUTH_FILE || undefined);
  const usual = path.join(DOCKER_CONFIG || path.join(io.env["HOME"] ?? os.homedir(), ".docker"), "config.json");
  const file = wanted === undefined ? usual : path.resolve(io.cwd, wanted);
  const text = wanted === undefined ? await read(file).catch(() => undefined) : await read(file);
  if (text === undefined) return noCredentials;
  try {
    return parseCredentials(text);
  } catch (error) {
    throw new UserError(
      "EDGE-CLI-083",
      `${file} cannot be used for credentials: ${(error as Error).message}`,
      "Correct it, or name another file with --auth-file.",
    );
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UserError("EDGE-CLI-082", `${file} cannot be read: ${reason}`, "Name a file that is there.", undefined, {
      cause,
    });
  }
}
