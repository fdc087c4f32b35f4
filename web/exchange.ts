import http from "node:http";
import https from "node:https";
import { messageOf } from "./messageOf";

/** No answer that a gate has to read is larger; what asks for a list asks for it in pages. */
export const largestBody = 1024 * 1024;

export interface WebRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a request that sends something. */
  readonly body?: string;
  /** TLS options beside those of a strict client, such as `ca`, `cert` and `key`. */
  readonly tls?: Pick<https.AgentOptions, "ca" | "cert" | "key" | "pfx" | "passphrase" | "servername">;
  /** Replaces the connection altogether, as a kubeconfig with a proxy does. */
  readonly agent?: https.Agent | http.Agent | undefined;
  /** Where to connect to in place of the URL's host, which stays the name that is asked for. */
  readonly address?: string;
  readonly signal: AbortSignal;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** At most `largestBody` bytes. */
  readonly body: Buffer;
  /** Whether the body was longer. */
  readonly cut: boolean;
}

/** No answer came; the message names the address without its query. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/**
 * One request, one answer: no redirect is followed, no proxy of the environment is asked, no connection is kept, and of
 * the body no more is read than is wanted. Certificates are always verified.
 * @throws NoAnswer
 */
export async function exchange({
  method,
  /** Of a request that sends something. */
  url,
  headers,
  body,
  tls,
  agent,
  address,
  signal,

  /** Of a request that sends something. */
}: WebRequest): Promise<WebAnswer> {
  const secure = url.protocol === "https:";
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const options: https.RequestOptions = {
    method,
    headers: {
      ...headers,
      host: url.host,
      ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
      /** Of a request that sends something. */
    },
    agent: agent ?? false,
    signal,
    host: address ?? name,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    ...(secure && agent === undefined
      ? { servername: isAddress(name) ? "" : name, ...tls, rejectUnauthorized: true }
      : {}),
  };
  return await new Promise((resolve, reject) => {
    const failed = (error: unknown): void =>
      reject(new NoAnswer(`${url.origin}${url.pathname} cannot be asked: ${messageOf(error)}`, { cause: error }));
    const sent = (secure ? https : http).request(options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const answered = (cut: boolean): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).subarray(0, largestBody),
          cut,
        });
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length <= largestBody) return;
        answered(true);
        response.destroy();
      });
      response.once("end", () => answered(false));
      response.once("error", failed);
      response.once("close", () => failed(new Error("the connection was closed in the middle of the answer")));
    });
    sent.once("error", failed);
    sent.end(body);
  });
}

const isAddress = (name: string): boolean => /^[0-9.]+$/.test(name) || name.includes(":");

/** The JSON in an answer. @throws Error if there is none, or it was cut. */
export function jsonOf({ body, cut }: WebAnswer): unknown {
  if (cut) throw new Error(`the answer is larger than ${largestBody} bytes`);
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    throw new Error("the answer is no JSON");
  }
}
