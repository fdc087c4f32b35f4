import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import tls from "node:tls";
import { messageOf } from "../../web/messageOf";
import { foundCertificate, type FoundCertificate } from "./certificate";

/** Longer chains are no chains. */
const longestChain = 10;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Authorities in PEM that it must chain to; undefined looks at dates only. */
  readonly ca: string | undefined;
  /** The name that is asked for, if it is not the host. */
  readonly name?: string | undefined;
}

export interface EndpointCertificates {
  readonly certificates: readonly FoundCertificate[];
  /** Why the chain is not trusted by the authorities given; undefined if it is, or none were given. */
  readonly distrust: string | undefined;
}

/**
 * The chain that a TLS server shows. Nothing is sent to it, and it needs not take the client: the chain comes before.
 * @throws Error if there is no chain to be had.
 */
export async function askEndpoint(
  { host, port, ca, name }: Endpoint,
  signal: AbortSignal,
): Promise<EndpointCertificates> {
  const where = `${host}:${port}`;
  const servername = name ?? (isIP(host) === 0 ? host : "");
  return await new Promise((resolve, reject) => {
    // Whether it is trusted is asked below, because an untrusted chain has dates too.
    const socket = tls.connect({
      ...{ host, port, servername, rejectUnauthorized: false, ca },
      checkServerIdentity: (_, peer) => tls.checkServerIdentity(name ?? host, peer),
    });
    const done = (): void => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
    };
    const stop = (): void => {
      done();
      reject(new Error(`${where} was not asked to the end`));
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    socket.once("error", (error) => {
      done();
      reject(new Error(`${where} cannot be asked: ${messageOf(error)}`, { cause: error }));
    });
    socket.once("close", () => {
      done();
      reject(new Error(`${where} closed the connection`));
    });
    socket.once("secureConnect", () => {
      try {
        const certificates = chainOf(where, socket);
        const distrust = ca === undefined || socket.authorized ? undefined : messageOf(socket.authorizationError);
        resolve({ certificates, distrust });
      } catch (error) {
        reject(error as Error);
      } finally {
        done();
      }
    });
  });
}

function chainOf(where: string, socket: tls.TLSSocket): FoundCertificate[] {
  const chain: FoundCertificate[] = [];
  let next: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  const seen = new Set<string>();
  while (next?.raw !== undefined && chain.length < longestChain && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(foundCertificate(where, new X509Certificate(next.raw)));
    next = next.issuerCertificate;
  }
  if (chain.length === 0) throw new Error(`${where} shows no certificate`);
  return chain;
}
