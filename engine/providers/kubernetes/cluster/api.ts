import type http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { isMap } from "../../../property/shape";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import type { ApiRequest, Connection } from "./connection";
import { ApiError, apiError, Unreachable } from "./failure";
import type { Limiter } from "./limiter";

/** How often a request is sent anew that the server has put off (429, 503). */
const attempts = 6;
/** Milliseconds. */
const longestWait = 10_000;

/** Talks to one API server in JSON. */
export class Api {
  constructor(
    private readonly connection: Connection,
    private readonly limiter?: Limiter,
    /** Milliseconds that a whole answer may take; 0 for no limit. */
    private readonly patience = 0,
  ) {}

  get server(): string {
    return this.connection.server;
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
      await this.limiter?.pass(request.signal);
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

  /**
   * Sends a request whose answer is a stream of objects, one a line, and returns when the server ends it. An ApiError
   * that `onObject` throws ends it too.
   *
   * @throws ApiError for an answer that is no success, Unreachable if there is none or it breaks off.
   */
  async stream(request: ApiRequest, onObject: (object: PropertyMap) => void): Promise<void> {
    await this.limiter?.pass(request.signal);
    const response = await this.connection.open(request);
    const code = response.statusCode ?? 0;
    if (code < 200 || code >= 300) {
      const text = await this.text(request, response);
      throw apiError(code, parsed(text), text);
    }
    let rest = "";
    response.setEncoding("utf8");
    try {
      for await (const chunk of response) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const object = parsed(line);
          if (object !== undefined) onObject(object);
        }
      }
    } catch (error) {
      throw error instanceof ApiError ? error : this.connection.failure(request, error);
    }
  }

  close(): void {
    this.connection.close();
  }

  private async exchange(
    request: ApiRequest,
  ): Promise<{ readonly code: number; readonly text: string; readonly retryAfter: number | undefined }> {
    const patience = this.patience === 0 ? undefined : AbortSignal.timeout(this.patience);
    const signal = patience === undefined ? request.signal : AbortSignal.any([request.signal, patience]);
    const bounded = { ...request, signal };
    try {
      const response = await this.connection.open(bounded);
      const text = await this.text(bounded, response);
      const seconds = Number(response.headers["retry-after"]);
      const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
      return { code: response.statusCode ?? 0, text, retryAfter };
    } catch (error) {
      if (patience?.aborted !== true || request.signal.aborted) throw error;
      throw new Unreachable(this.server, new Error(`it has not answered in ${this.patience / 1000} seconds`));
    }
  }

  private async text(request: ApiRequest, response: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (error) {
      throw this.connection.failure(request, error);
    }
    return Buffer.concat(chunks).toString("utf8");
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
