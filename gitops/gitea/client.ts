import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { exchange, NoAnswer, type WebAnswer } from "../../web/exchange";
import { messageOf } from "../../web/messageOf";
import { plainText } from "../git/plainText";

/** How a server knows who asks. */
export type GiteaLogin = { readonly token: string } | { readonly username: string; readonly password: string };

export interface GiteaServer {
  /** Base address, without a slash at the end; `https:` only. */
  readonly url: string;
  readonly login: GiteaLogin;
  /** Authorities in PEM that its certificate is verified by; the system's if undefined. */
  readonly authority?: string | undefined;
  /** Where to connect to in place of the address's host and port, which stay the name that is asked for. */
  readonly connectTo?: { readonly host: string; readonly port: number };
}

/** No answer came, or one that says that the server is not up: nothing is known of what was asked. */
export class GiteaUnreachable extends Error {
  override readonly name = "GiteaUnreachable";
}

/** The server answered that it will not do what was asked. */
export class GiteaRefused extends Error {
  override readonly name = "GiteaRefused";
  constructor(
    readonly status: number,
    /** Such as `POST /orgs`. */
    readonly what: string,
    url: string,
    said: string,
  ) {
    super(`${url} answered ${status} to ${what}${said === "" ? "" : `: ${said}`}${hintOf(status)}`);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const patience = { attempts: 4, firstWaitMs: 500 };
/** Its own pages have at most 50 entries unless the server's configuration says otherwise. */
const pageSize = 50;
/** More entries of one kind than a fleet can have sites, so that a server that never ends does not keep us. */
const mostPages = 400;

/**
 * Speaks to the API of one Gitea (`/api/v1`), over connections that it keeps. Answers are bounded in size and time and
 * are read by schemas in `api.ts`; nothing in one is taken on trust. What is safe to repeat is repeated while the server
 * cannot be reached.
 */
export class GiteaClient {
  private readonly agent: https.Agent;
  private readonly authorization: string;
  private offset: number | undefined;

  constructor(
    private readonly server: GiteaServer,
    private readonly options: {
      readonly signal?: AbortSignal;
      /** Milliseconds for one answer; a migration takes as long as its clone. */
      readonly timeoutMs?: number;
    } = {},
  ) {
    const { authority, login } = server;
    this.agent = new https.Agent({
      keepAlive: true,
      maxSockets: 16,
      rejectUnauthorized: true,
      ...(authority === undefined ? {} : { ca: authority }),
    });
    this.authorization =
      "token" in login
        ? `token ${login.token}`
        : `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  }

  get url(): string {
    return this.server.url;
  }

  /** How far the server's clock is ahead of ours, in milliseconds, by its last answer; good to a second or so. */
  get clockOffsetMs(): number | undefined {
    return this.offset;
  }

  close(): void {
    this.agent.destroy();
  }

  /**
   * @param path below `/api/v1`; its variable parts are encoded.
   * @returns the JSON in the answer; undefined for an answer without content.
   * @throws GiteaRefused, GiteaUnreachable
   */
  async ask(method: Method, path: string, body?: object, options: { timeoutMs?: number } = {}): Promise<unknown> {
    return this.contentOf(`${method} ${path}`, await this.send(method, path, body, options.timeoutMs));
  }

  /** As `ask` with GET; undefined if there is no such thing, or only something that had the name before. */
  async find(path: string): Promise<unknown> {
    try {
      return await this.ask("GET", path);
    } catch (error) {
      if (error instanceof GiteaRefused && [404, 301, 302, 307, 308].includes(error.status)) return undefined;
      throw error;
    }
  }

  /** All entries of a list, page by page. */
  async list(path: string): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    for (let page = 1; page <= mostPages; page += 1) {
      const answer = await this.send("GET", `${path}?limit=${pageSize}&page=${page}`, undefined);
      const part = this.contentOf(`GET ${path}`, answer);
      if (!Array.isArray(part)) throw new GiteaRefused(200, `GET ${path}`, this.url, "the answer is no list");
      all.push(...(part as unknown[]));
      // A server may have smaller pages than were asked for, so that a short one says nothing.
      const total = Number(answer.headers["x-total-count"] ?? NaN);
      if (part.length === 0 || all.length >= total) return all;
    }
    throw new GiteaRefused(200, `GET ${path}`, this.url, `the list has more than ${mostPages} pages`);
  }

  private contentOf(what: string, answer: WebAnswer): unknown {
    const refused = (said: string) => new GiteaRefused(answer.status, what, this.url, said);
    if (answer.status >= 300) throw refused(saidBy(answer));
    if (answer.body.length === 0) return undefined;
    if (answer.cut) throw refused("the answer is too large");
    try {
      return JSON.parse(answer.body.toString("utf8")) as unknown;
    } catch {
      throw refused("the answer is no JSON; is this a Gitea?");
    }
  }

  private async send(method: Method, path: string, body: object | undefined, timeoutMs?: number): Promise<WebAnswer> {
    // What a POST has done is not known when no answer came.
    const attempts = method === "POST" ? 1 : patience.attempts;
    for (let attempt = 1; ; attempt += 1) {
      const why = await this.once(method, path, body, timeoutMs).catch((error: unknown) => {
        if (error instanceof NoAnswer) return error;
        throw error;
      });
      if (!(why instanceof NoAnswer) && ![502, 503, 504].includes(why.status)) return why;
      this.options.signal?.throwIfAborted();
      if (attempt >= attempts) {
        const reason =
          why instanceof NoAnswer ? messageOf(why) : `${this.url} answered ${why.status} to ${method} ${path}`;
        throw new GiteaUnreachable(plainText(reason), { cause: why });
      }
      await sleep(patience.firstWaitMs * 2 ** (attempt - 1), undefined, { signal: this.options.signal });
    }
  }

  private async once(method: Method, path: string, body: object | undefined, timeoutMs?: number): Promise<WebAnswer> {
    const url = new URL(`${this.url}/api/v1${path}`);
    const time = AbortSignal.timeout(timeoutMs ?? this.options.timeoutMs ?? 30_000);
    const { signal = time } = this.options;
    // A name such as `..` would lead to another path.
    if (!url.href.endsWith(`/api/v1${path}`)) {
      throw new GiteaRefused(400, `${method} ${path}`, this.url, "a name in it would lead elsewhere");
    }
    const { connectTo, authority } = this.server;
    if (connectTo !== undefined) url.port = String(connectTo.port);
    const sent = Date.now();
    const answer = await exchange({
      method,
      url,
      headers: {
        accept: "application/json",
        "user-agent": "edgewave",
        authorization: this.authorization,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Another address than the name's takes a connection of its own.
      ...(connectTo === undefined
        ? { agent: this.agent }
        : { address: connectTo.host, ...(authority === undefined ? {} : { tls: { ca: authority } }) }),
      signal: AbortSignal.any([signal, time]),
    });
    this.offset = clockOffset(answer.headers.date, sent, Date.now()) ?? this.offset;
    return answer;
  }
}

/**
 * How far the clock behind a `Date` header is ahead of ours, in milliseconds: none is known while it lies in the second
 * that the header leaves open.
 */
export function clockOffset(date: string | undefined, sent: number, received: number): number | undefined {
  const at = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(at)) return undefined;
  if (at + 1000 < sent) return at + 1000 - sent;
  return at > received ? at - received : 0;
}

function saidBy({ body }: WebAnswer): string {
  try {
    const { message } = JSON.parse(body.toString("utf8")) as { readonly message?: unknown };
    return typeof message === "string" ? plainText(message) : "";
  } catch {
    return "";
  }
}

function hintOf(status: number): string {
  if (status === 401) return ". The login is wrong, has run out, or was revoked";
  if (status === 403) return ". The login is not allowed to do that";
  return "";
}
