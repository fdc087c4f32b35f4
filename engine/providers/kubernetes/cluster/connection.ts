import http from "node:http";
import https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { PropertyValue } from "../../../property/value";
import { Unreachable } from "./failure";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: PropertyValue;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

/** A server that says nothing for so long is taken for gone, in milliseconds. */
export const silence = 60_000;

/** Sends requests to one API server as the user of a kubeconfig, over connections that are kept. */
export class Connection {
  readonly server: string;
  private agent: http.Agent | undefined;

  constructor(private readonly config: KubeConfig) {
    this.server = (config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /**
   * Sends a request and waits for the head of its answer, whatever its status.
   *
   * @throws Unreachable if there is none; the reason of the request's signal if that is aborted.
   */
  async open(request: ApiRequest): Promise<http.IncomingMessage> {
    const { url, options } = await this.prepared(request);
    const secure = url.protocol === "https:";
    // The kubeconfig makes a new agent for each request; the first is kept, and with it its connections.
    this.agent ??= this.agentFrom(options.agent as https.Agent | undefined, secure);
    const payload = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const headers = {
      ...(options.headers as Record<string, string>),
      accept: "application/json",
      ...(payload === undefined
        ? {}
        : { "content-type": request.contentType ?? "application/json", "content-length": String(payload.length) }),
    };
    request.signal.throwIfAborted();
    return await new Promise((resolve, reject) => {
      let answer: http.IncomingMessage | undefined;
      // Not by the request's own option: that would end a connection too that has gone back to be used again.
      const abort = (): void => void (answer ?? sent).destroy(new Error("the request was cancelled"));
      const done = (): void => request.signal.removeEventListener("abort", abort);
      const sent = (secure ? https : http).request(
        url,
        {
          method: request.method,
          headers,
          agent: this.agent,
          timeout: silence,
          ...(options.auth === undefined ? {} : { auth: options.auth }),
        },
        (response) => {
          answer = response;
          // Whoever reads it learns of an error; one that comes when nobody reads any more is nobody's.
          response.on("error", () => undefined);
          response.once("close", done);
          resolve(response);
        },
      );
      request.signal.addEventListener("abort", abort);
      sent.once("timeout", () => sent.destroy(new Error(`it has said nothing for ${silence / 1000} seconds`)));
      sent.on("error", (error) => {
        done();
        reject(this.failure(request, error));
      });
      sent.end(payload);
    });
  }

  /** What went wrong on the way: the cancellation of the request, or the server is not to be had. */
  failure(request: ApiRequest, error: unknown): unknown {
    return request.signal.aborted ? request.signal.reason : new Unreachable(this.server, error);
  }

  close(): void {
    this.agent?.destroy();
  }

  /** One that goes through the kubeconfig's `proxy-url` is taken as it is: it alone knows the way. */
  private agentFrom(made: https.Agent | undefined, secure: boolean): http.Agent {
    if (this.config.getCurrentCluster()?.proxyUrl !== undefined && made !== undefined) return made;
    return secure ? new https.Agent({ ...made?.options, keepAlive: true }) : new http.Agent({ keepAlive: true });
  }

  private async prepared(request: ApiRequest): Promise<{ readonly url: URL; readonly options: https.RequestOptions }> {
    const options: https.RequestOptions = { headers: {} };
    try {
      const url = new URL(this.server + request.path);
      for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
      await this.config.applyToHTTPSOptions(options);
      return { url, options };
    } catch (error) {
      throw new Unreachable(this.server, error);
    }
  }
}
