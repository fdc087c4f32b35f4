import { z } from "zod";
import { parseChallenge } from "./challenge";
import type { CredentialStore, Credentials } from "./credentials";
import { isPrivate } from "./endpoint";
import { Passing, RegistryFailure } from "./failure";
import type { Transport, WebAnswer } from "./transport";

/** Tokens are a few kilobytes. */
const largestToken = 256 * 1024;

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** Gets what a registry wants to see before it answers; keeps it for the repository that it was given for. */
export class Authorization {
  private readonly headers = new Map<string, Promise<string>>();

  constructor(
    private readonly transport: Transport,
    private readonly credentials: CredentialStore,
  ) {}

  /** @returns what to send from the start, if it is known. */
  known(url: URL, repository: string): Promise<string> | undefined {
    return this.headers.get(keyOf(url, repository));
  }

  /**
   * Answers a 401, once for all requests that wait for it.
   * @param sent what the refused request had sent
   * @throws RegistryFailure if there is nothing to answer with
   */
  async answer(url: URL, repository: string, refused: WebAnswer, sent: string | undefined, signal: AbortSignal) {
    const key = keyOf(url, repository);
    const known = await this.headers.get(key);
    if (known !== undefined && known !== sent) return known;
    const header = this.headerFor(url, repository, refused.headers["www-authenticate"], sent, signal);
    this.headers.set(key, header);
    // A failure is told to whoever waits, and not kept.
    header.catch(() => this.headers.delete(key));
    return await header;
  }

  private async headerFor(
    url: URL,
    repository: string,
    wanted: string | undefined,
    sent: string | undefined,
    signal: AbortSignal,
  ) {
    const challenge = parseChallenge(wanted);
    const credentials = this.credentials.of(url.host, repository);
    const refused = (why: string) =>
      new RegistryFailure("EDGE-LOCK-004", `${url.host} ${why} for ${repository} (401)`, this.hint(url, credentials));
    if (challenge === undefined) throw refused("wants something other than a password or a token");
    if (challenge.scheme === "basic") {
      if (credentials === undefined) throw refused("asks for credentials");
      if (!("username" in credentials)) throw refused("asks for a password, and there is only an identity token");
      const header = basic(credentials);
      if (header === sent) throw refused("does not take the credentials");
      requirePrivate(url);
      return header;
    }
    if (sent !== undefined && credentials === undefined && sent.startsWith("Bearer ")) {
      throw refused("asks for credentials");
    }
    return await this.token(url, repository, challenge, credentials, signal);
  }

  private async token(
    url: URL,
    repository: string,
    challenge: { readonly realm: string; readonly service: string | undefined },
    credentials: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const realm = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
    if (realm === undefined || !["https:", "http:"].includes(realm.protocol)) {
      throw new RegistryFailure("EDGE-LOCK-004", `${url.host} names no address that gives tokens`);
    }
    if (credentials !== undefined) requirePrivate(realm);
    const query = { ...(challenge.service && { service: challenge.service }), scope: `repository:${repository}:pull` };
    const answer = await this.transport.send({
      ...tokenRequest(realm, query, credentials),
      limit: largestToken,
      signal,
    });
    if (answer.status === 429 || answer.status >= 500) {
      throw new Passing(`${realm.host} answered ${answer.status} when asked for a token`);
    }
    if (answer.status !== 200) {
      const message = `${realm.host} gives no token for ${repository} of ${url.host} (${answer.status})`;
      throw new RegistryFailure("EDGE-LOCK-004", message, this.hint(url, credentials));
    }
    const token = tokenOf(answer);
    if (token === undefined) {
      throw new RegistryFailure("EDGE-LOCK-004", `${realm.host} answered without a token for ${repository}`);
    }
    return `Bearer ${token}`;
  }

  private hint(url: URL, credentials: Credentials | undefined): string {
    if (credentials !== undefined) return `Correct the credentials for ${url.host} in the file of --auth-file.`;
    const helpers = this.credentials.leavesToHelpers
      ? " The file leaves credentials to a helper program, which is not started: name them in the file."
      : "";
    return `Give credentials for ${url.host} with --auth-file.${helpers}`;
  }
}

const keyOf = (url: URL, repository: string): string => `${url.origin} ${repository}`;

const basic = ({ username, password }: { readonly username: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** The token specification of distribution for passwords, its OAuth2 form for identity tokens. */
function tokenRequest(realm: URL, query: Readonly<Record<string, string>>, credentials: Credentials | undefined) {
  if (credentials !== undefined && "identityToken" in credentials) {
    const form = { grant_type: "refresh_token", client_id: "edgewave", refresh_token: credentials.identityToken };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return {
      method: "POST" as const,
      url: realm,
      headers,
      body: new URLSearchParams({ ...query, ...form }).toString(),
    };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) };
  return { method: "GET" as const, url, headers };
}

function tokenOf({ body }: WebAnswer): string | undefined {
  try {
    const { token, access_token } = tokenAnswer.parse(JSON.parse(body.toString("utf8")));
    const found = token ?? access_token;
    return found !== undefined && /^[!-~]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function requirePrivate(url: URL): void {
  if (isPrivate(url)) return;
  throw new RegistryFailure(
    "EDGE-LOCK-004",
    `${url.host} asks for credentials over a connection that anybody on the way can read`,
    "Use https.",
  );
}
