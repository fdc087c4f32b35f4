import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:https";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Dex, in the folder where `npm run test:real` builds it. */
const folder = process.env["EDGEWAVE_TEST_DEX"];
export const dexProgram = folder && path.join(folder, "dex");

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** A process of Dex and a browser of a person. */
export class DexServer {
  private said = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly issuer: string,
    private readonly agent: Agent,
  ) {}

  /** @param authority PEM that its certificate is trusted by. */
  static async start(
    configuration: string,
    issuer: string,
    authority: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<DexServer> {
    const child = spawn(dexProgram as string, ["serve", configuration], {
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const server = new DexServer(child, issuer, new Agent({ ca: authority }));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (server.said = (server.said + chunk.toString("utf8")).slice(-8000)));
    }
    process.once("exit", () => child.kill("SIGKILL"));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`dex has ended:\n${server.said}`);
      const answer = await server.ask("GET", `${issuer}/.well-known/openid-configuration`).catch(() => undefined);
      if (answer?.status === 200) return server;
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }

  async json(url: string): Promise<Record<string, unknown>> {
    const { status, body } = await this.ask("GET", url);
    if (status !== 200) throw new Error(`${url} answered ${status}; dex says:\n${this.said}`);
    return JSON.parse(body) as Record<string, unknown>;
  }

  /**
   * What kubectl's login plugin and a browser do together: authorization code with PKCE, and the login page.
   * @returns the answer to the code; undefined if the page asks again.
   */
  async logIn(client: string, login: string, password: string): Promise<Record<string, string> | undefined> {
    const verifier = randomBytes(32).toString("base64url");
    const redirect = "http://localhost:8000";
    const query = new URLSearchParams({
      client_id: client,
      redirect_uri: redirect,
      response_type: "code",
      scope: "openid email groups offline_access",
      state: "s",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    let at = `${this.issuer}/auth?${query.toString()}`;
    let answer = await this.ask("GET", at);
    for (; answer.location !== undefined; answer = await this.ask("GET", at)) {
      at = new URL(answer.location, at).href;
    }
    answer = await this.ask("POST", at, new URLSearchParams({ login, password }).toString());
    while (answer.location !== undefined) {
      at = new URL(answer.location, at).href;
      if (at.startsWith(redirect)) {
        const code = new URL(at).searchParams.get("code") ?? "";
        return this.token({
          client_id: client,
          grant_type: "authorization_code",
          code,
          redirect_uri: redirect,
          code_verifier: verifier,
        });
      }
      answer = await this.ask("GET", at);
    }
    return undefined;
  }

  async token(fields: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const { body } = await this.ask("POST", `${this.issuer}/token`, new URLSearchParams(fields).toString());
    return JSON.parse(body) as Record<string, string>;
  }

  private ask(method: string, url: string, form?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
      const sent = request(url, { method, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      });
      sent.once("error", reject);
      sent.end(form);
    });
  }
}
