import { existsSync, readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { RequestOptions } from "node:https";
import { isIP } from "node:net";
import type { PeerCertificate, TLSSocket } from "node:tls";
import { checkServerIdentity, connect, rootCertificates } from "node:tls";

import { HttpsProxyAgent } from "https-proxy-agent";

/** How a server is reached. */
export interface Reach {
  /** Whether the chain must end in an authority of this machine, and the certificate be the host's. */
  readonly verify: boolean;
  readonly proxy: URL | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const MOST_REDIRECTS = 10;

// Where Go's crypto/x509 looks for the machine's authorities on Linux.
const STORES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The certificates that a server shows at `tls://HOST:PORT`, its own first, in DER. */
export async function peersOfTls(url: URL, reach: Reach): Promise<readonly Buffer[]> {
  if (reach.verify) (await handshake(url, trusted(reach.environment), reach)).destroy();
  const socket = await handshake(url, NOBODY, reach);
  try {
    return chainOf(socket.getPeerCertificate(true));
  } finally {
    socket.destroy();
  }
}

type Trust = Pick<RequestOptions, "ca" | "rejectUnauthorized">;

/** Without authorities OpenSSL shows what the server has sent, and adds no root of its own. */
const NOBODY: Trust = { ca: [], rejectUnauthorized: false };

function trusted(environment: Reach["environment"]): Trust {
  const named = environment["SSL_CERT_FILE"];
  const file = named || STORES.find((path) => existsSync(path));
  return { ca: file === undefined ? [...rootCertificates] : [readFileSync(file, "utf8")], rejectUnauthorized: true };
}

async function handshake(url: URL, trust: Trust, { signal }: Reach): Promise<TLSSocket> {
  const host = hostOf(url);
  const socket = connect({ host, port: Number(url.port), ...(isIP(host) ? {} : { servername: host }), ...trust });
  const stop = () => socket.destroy(new Error("the look at the server was cancelled"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve).once("error", reject);
      socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    });
    return socket;
  } catch (cause) {
    throw new Error(`unable to execute TLS connection towards ${url.host}: ${(cause as Error).message}`, { cause });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** As `peersOfTls` for `https://`: the server that answers a HEAD, or else a GET, in the end. */
export async function peersOfHttps(url: URL, reach: Reach): Promise<readonly Buffer[]> {
  const trust = reach.verify ? trusted(reach.environment) : NOBODY;
  try {
    const { final, method } = await follow(url, "HEAD", trust, reach).catch(() => follow(url, "GET", trust, reach));
    return (await ask(final, method, NOBODY, reach)).chain;
  } catch (cause) {
    throw new Error(
      `failed to fetch certificates from URL '${url.protocol}//${url.host}': ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

async function follow(
  url: URL,
  method: "HEAD" | "GET",
  trust: Trust,
  reach: Reach,
): Promise<{ readonly final: URL; readonly method: "HEAD" | "GET" }> {
  let at = url;
  for (let count = 0; count <= MOST_REDIRECTS; count++) {
    const { location } = await ask(at, method, trust, reach);
    if (location === undefined) return { final: at, method };
    at = new URL(location, at);
    if (at.protocol !== "https:") throw new Error(`it leads to ${at.protocol}//, which has no certificate`);
  }
  throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
}

interface Answer {
  readonly chain: readonly Buffer[];
  readonly location: string | undefined;
}

function ask(url: URL, method: "HEAD" | "GET", trust: Trust, { proxy, signal }: Reach): Promise<Answer> {
  const agent = proxy === undefined ? new Agent({ maxCachedSessions: 0 }) : new HttpsProxyAgent(proxy);
  return new Promise<Answer>((resolve, reject) => {
    // Behind a proxy Node would not know an address as the server's name.
    const isServer = (_: string, certificate: PeerCertificate) => checkServerIdentity(hostOf(url), certificate);
    const options = { method, agent, signal, timeout: TIMEOUT_MS, checkServerIdentity: isServer, ...trust };
    const sent = request(url, options, (response) => {
      const chain = chainOf((response.socket as TLSSocket).getPeerCertificate(true));
      const redirects = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0);
      response.destroy();
      resolve({ chain, location: redirects ? response.headers.location : undefined });
    });
    sent.once("timeout", () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    sent.once("error", reject).end();
  }).finally(() => agent.destroy());
}

/** A root is its own issuer. */
function chainOf(first: PeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: PeerCertificate | undefined = first;
  while (certificate?.raw !== undefined && !chain.some((known) => known.equals((certificate as PeerCertificate).raw))) {
    chain.push(certificate.raw);
    certificate = (certificate as { issuerCertificate?: PeerCertificate }).issuerCertificate;
  }
  return chain;
}

export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}
