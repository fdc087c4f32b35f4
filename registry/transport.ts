import http from "node:http";
import https from "node:https";
import { rootCertificates } from "node:tls";
import { Passing, RegistryFailure } from "./failure";

export interface WebRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes of the answer that are read; more is a failure. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request and follows no redirect. */
export interface Transport {
  /**
   * @throws Passing if no answer came, which may be otherwise the next time
   * @throws RegistryFailure if none will, or the answer is too large
   */
  send(request: WebRequest): Promise<WebAnswer>;
  /** Ends the connections that are kept. */
  close(): void;
}

export interface TransportOptions {
  /** Authorities in PEM beside those that Node.js knows. */
  readonly authorities?: string | undefined;
  /** Milliseconds for one request with its answer. */
  readonly timeout: number;
}

/** Connections are kept between requests, certificates always verified. */
export function createTransport({ authorities, timeout }: TransportOptions): Transport {
  const ca = authorities === undefined ? undefined : [...rootCertificates, authorities];
  const secure = new https.Agent({ keepAlive: true, ...(ca && { ca }), rejectUnauthorized: true });
  const plain = new http.Agent({ keepAlive: true });
  return {
    send: async (request) => {
      const limit = AbortSignal.timeout(timeout);
      try {
        return await exchange({ ...request, signal: AbortSignal.any([request.signal, limit]) }, { secure, plain });
      } catch (error) {
        request.signal.throwIfAborted();
        if (error instanceof RegistryFailure) throw error;
        throw failureOf(request.url, limit.aborted ? new Error(`no answer within ${timeout} ms`) : error);
      }
    },
    close: () => {
      secure.destroy();
      plain.destroy();
    },
  };
}

interface Agents {
  readonly secure: https.Agent;
  readonly plain: http.Agent;
}

function exchange({ method, url, headers, body, limit, signal }: WebRequest, { secure, plain }: Agents) {
  return new Promise<WebAnswer>((resolve, reject) => {
    const overTls = url.protocol === "https:";
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { method, signal, headers: { ...headers, ...length, "user-agent": "edgewave" } };
    const answered = (response: http.IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let read = 0;
      response.on("data", (chunk: Buffer) => {
        read += chunk.length;
        chunks.push(chunk);
        if (read <= limit) return;
        reject(new RegistryFailure("EDGE-LOCK-006", `${url.origin} answered with more than ${limit} bytes`));
        response.destroy();
      });
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.once("error", reject);
      response.once("close", () => reject(new Error("the connection was closed in the middle of the answer")));
    };
    const sent = overTls
      ? https.request(url, { ...options, agent: secure }, answered)
      : http.request(url, { ...options, agent: plain }, answered);
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Nobody's patience makes these pass. */
const lasting = /^(ENOTFOUND|ERR_TLS_.*|.*CERT.*|UNABLE_TO_.*|ERR_SSL_.*|EPROTO)$/;

function failureOf(url: URL, cause: unknown): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  const text = `${url.host} cannot be asked: ${message || code || String(cause)}`;
  if (code === undefined || !lasting.test(code)) return new Passing(text, undefined, { cause });
  const trust = /CERT|UNABLE_TO|TLS/.test(code);
  const hint = trust ? "Give the authority that has signed its certificate with --ca-file." : "Correct the address.";
  return new RegistryFailure("EDGE-LOCK-005", text, hint, { cause });
}
