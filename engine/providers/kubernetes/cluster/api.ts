import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { isMap } from "../../../property/shape";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import { apiError, Unreachable } from "./failure";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: PropertyValue;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

/** How often a request is sent anew that the server has put off (429, 503). */
const attempts = 6;
const longestWait = 10_000;
/** A server that says nothing for so long is taken for gone. */
const silence = 60_000;

/** Talks to one API server in JSON, as the user of a kubeconfig. */
export class Api {
  readonly server: string;
  private readonly agent: { current: http.Agent | undefined } = { current: undefined };

  constructor(private readonly config: KubeConfig) {
    this.server = (config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /**
   * Sends a request and reads the object in the answer. A request that the server puts off is sent again, after the
   * time that it asks for.
   *
   * @throws ApiError for an answer that is no success, Unreachable if there is none.
   */
  async send(request: ApiRequest): Promise<PropertyMap> {
    for (let attempt = 1; ; attempt++) {
      request.signal.throwIfAborted();
      const { code, text, retryAfter } = await this.exchange(request);
      const body = parsed(text);
      if (code >= 200 && code < 300 && body !== undefined) return body;
      if ((code === 429 || code === 503) && attempt < attempts) {
        const wait = retryAfter === undefined ? 250 * 2 ** attempt : retryAfter * 1000;
        await sleep(Math.min(wait, longestWait), undefined, { signal: request.signal });
        continue;
      }
      throw apiError(code, body, text);
    }
  }

  close(): void {
    this.agent.current?.destroy();
  }

  private async exchange(
    request: ApiRequest,
  ): Promise<{ readonly code: number; readonly text: string; readonly retryAfter: number | undefined }> {
    let url: URL;
    const options: https.RequestOptions = { headers: {} };
    try {
      url = new URL(this.server + request.path);
      await this.config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new Unreachable(this.server, error);
    }
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    const secure = url.protocol === "https:";
    // The kubeconfig makes a new agent for each request; the first is kept, and with it its connections.
    this.agent.current ??= secure
      ? new https.Agent({ ...(options.agent as https.Agent | undefined)?.options, keepAlive: true })
      : new http.Agent({ keepAlive: true });
    const payload = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const headers = {
      ...(options.headers as Record<string, string>),
      accept: "application/json",
      ...(payload === undefined
        ? {}
        : { "content-type": request.contentType ?? "application/json", "content-length": String(payload.length) }),
    };
    return await new Promise((resolve, reject) => {
      const fail = (error: unknown): void =>
        reject(request.signal.aborted ? request.signal.reason : new Unreachable(this.server, error));
      const sent = (secure ? https : http).request(
        url,
        {
          method: request.method,
          headers,
          agent: this.agent.current,
          signal: request.signal,
          timeout: silence,
          ...(options.auth === undefined ? {} : { auth: options.auth }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", fail);
          response.once("end", () => {
            const seconds = Number(response.headers["retry-after"]);
            const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
            resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8"), retryAfter });
          });
        },
      );
      sent.once("timeout", () => sent.destroy(new Error(`it has said nothing for ${silence / 1000} seconds`)));
      sent.once("error", fail);
      sent.end(payload);
    });
  }
}

function parsed(text: string): PropertyMap | undefined {
  try {
    const value = JSON.parse(text) as PropertyValue;
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
