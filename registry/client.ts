import { createHash } from "node:crypto";
import { Authorization } from "./authorization";
import type { CredentialStore } from "./credentials";
import { endpointOf, type RegistryMap } from "./endpoint";
import { Passing, RegistryFailure } from "./failure";
import { manifestTypes } from "./manifest";
import type { Transport, WebAnswer } from "./transport";

/** Distribution's own limit for a manifest, and more than any configuration of an image or packed chart (4 MiB). */
const largestAnswer = 4 * 1024 * 1024;
const mostRedirects = 3;
/** Seconds before each further try of a request. */
const pauses = [1, 2, 4, 8];
/** No registry's wish for a pause is followed for longer. */
const longestPause = 60;

export interface Content {
  /** `sha256:...` of the bytes, computed here. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface RegistryClientOptions {
  readonly transport: Transport;
  readonly credentials: CredentialStore;
  readonly map: RegistryMap;
  /** Waits; the tests' own does not. */
  readonly pause: (seconds: number, signal: AbortSignal) => Promise<void>;
}

/** Reads manifests and small blobs of images and charts by the OCI distribution specification (v1.1). */
export class RegistryClient {
  private readonly authorization: Authorization;

  constructor(private readonly options: RegistryClientOptions) {
    this.authorization = new Authorization(options.transport, options.credentials);
  }

  /**
   * @param reference a tag, or a digest that the answer then has to have
   * @throws RegistryFailure
   */
  async manifest(image: string, reference: string, signal: AbortSignal): Promise<Content> {
    const answer = await this.get(image, `manifests/${reference}`, manifestTypes.join(", "), signal);
    return verified(`${image}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`, reference, answer);
  }

  /** @throws RegistryFailure */
  async blob(image: string, digest: string, signal: AbortSignal): Promise<Content> {
    return verified(`${image}@${digest}`, digest, await this.get(image, `blobs/${digest}`, "*/*", signal));
  }

  private async get(image: string, what: string, accept: string, signal: AbortSignal): Promise<WebAnswer> {
    const slash = image.indexOf("/");
    const { origin, prefix } = endpointOf(image.slice(0, slash), this.options.map);
    const repository = `${prefix}${image.slice(slash + 1)}`;
    const url = new URL(`${origin}/v2/${repository}/${what}`);
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.ask(url, repository, image, accept, signal);
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        const pause = Math.max(pauses[tries] ?? 0, error.afterSeconds ?? 0);
        if (tries === pauses.length || pause > longestPause) {
          throw new RegistryFailure("EDGE-LOCK-005", error.message, undefined, { cause: error });
        }
        await this.options.pause(pause, signal);
      }
    }
  }

  private async ask(url: URL, repository: string, image: string, accept: string, signal: AbortSignal) {
    let sent = await this.authorization.known(url, repository);
    let answer = await this.follow(url, accept, sent, signal);
    // Twice: a token that was kept may have run out, and what follows it may be refused.
    for (let again = 0; answer.status === 401 && again < 2; again += 1) {
      sent = await this.authorization.answer(url, repository, answer, sent, signal);
      answer = await this.follow(url, accept, sent, signal);
    }
    const { status } = answer;
    if (status === 200) return answer;
    if (status === 404) {
      throw new RegistryFailure("EDGE-LOCK-001", `${url.host} does not have ${image} at ${url.pathname}`);
    }
    if (status === 401 || status === 403) {
      const how = sent === undefined ? "" : "with these credentials ";
      throw new RegistryFailure("EDGE-LOCK-004", `${url.host} refuses ${how}to show ${image} (${status})`);
    }
    const text = `${url.host} answered ${status} for ${image}`;
    if (status === 408 || status === 429 || status >= 500) throw new Passing(text, retryAfter(answer));
    throw new RegistryFailure("EDGE-LOCK-005", text);
  }

  /** Follows redirects as far as they are safe; credentials go to nobody but the registry itself. */
  private async follow(from: URL, accept: string, sent: string | undefined, signal: AbortSignal): Promise<WebAnswer> {
    let url = from;
    for (let count = 0; ; count += 1) {
      const headers: Record<string, string> = { accept };
      if (url.origin === from.origin && sent !== undefined) headers["authorization"] = sent;
      const answer = await this.options.transport.send({ method: "GET", url, headers, limit: largestAnswer, signal });
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      const safe = next?.protocol === "https:" || (next?.protocol === "http:" && next.origin === from.origin);
      if (next === undefined || !safe || count === mostRedirects) {
        throw new RegistryFailure("EDGE-LOCK-005", `${from.host} sends requests on to where they cannot go`);
      }
      url = next;
    }
  }
}

function verified(name: string, wanted: string, { headers, body }: WebAnswer): Content {
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const said = headers["docker-content-digest"];
  const promised = wanted.startsWith("sha256:") ? wanted : said;
  if (promised !== undefined && promised !== digest) {
    throw new RegistryFailure(
      "EDGE-LOCK-002",
      `the answer for ${name} has the digest ${digest}, not ${String(promised)}`,
    );
  }
  return { digest, mediaType: (headers["content-type"] ?? "").split(";")[0]?.trim() ?? "", bytes: body };
}

function retryAfter({ headers }: WebAnswer): number | undefined {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
