import { createTransport, noCredentials, RegistryClient, type CredentialStore, type RegistryMap } from "../../registry";
import { RegistryFailure } from "../../registry/failure";
import { parseAddress } from "../../registry/endpoint";

/** Nobody waits in a test. */
export const timeout = 10_000;

interface ClientOptions {
  readonly authorities?: string;
  readonly credentials?: CredentialStore;
  /** Address that everything is asked below. */
  readonly via?: string;
  readonly map?: RegistryMap;
  /** Told of each pause, in seconds. */
  readonly pauses?: number[];
}

/** A client of one registry, and how to end its connections. */
export function aClient({ authorities, credentials = noCredentials, via, map, pauses }: ClientOptions) {
  const transport = createTransport({ authorities, timeout });
  const client = new RegistryClient({
    transport,
    credentials,
    map: map ?? { byName: {}, via: via === undefined ? undefined : parseAddress(via) },
    pause: (seconds) => Promise.resolve(void pauses?.push(seconds)),
  });
  return { client, close: () => transport.close() };
}

/** The failure that some work ends with. @throws Error if it does not fail, or fails in another way. */
export async function failureOf(work: Promise<unknown>): Promise<RegistryFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RegistryFailure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
