import type { RequestListener } from "node:http";
import { TestAuthority } from "../../support/certificates";
import { serve, type Server } from "../servers";

type Live = Record<string, unknown>;

const token = "site-token";
const authority = new TestAuthority();

/** Collections as an API server gives them over TLS: to those with the token, in pages, with its own words for what is not there. */
export class ApiServer {
  readonly collections = new Map<string, Live[]>();
  /** Answers of other paths. */
  readonly pages = new Map<string, RequestListener>();
  private constructor(private readonly server: () => Server) {}

  static async start(): Promise<ApiServer> {
    let server: Server | undefined = undefined;
    const api = new ApiServer(() => server!);
    server = await serve((request, response) => api.answer(request, response), authority.issue());
    return api;
  }

  get requests(): readonly (string | undefined)[] {
    return this.server().requests.map(({ url }) => url);
  }

  /** @param user and @param cluster replace parts of what works */
  kubeconfig(user: object = { token }, cluster: object = {}): string {
    const encoded = (text: string) => Buffer.from(text).toString("base64");
    const own = {
      server: `https://localhost:${this.server().port}`,
      "certificate-authority-data": encoded(authority.cert),
    };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "site", cluster: { ...own, ...cluster } }],
      users: [{ name: "admin", user }],
      contexts: [{ name: "site", context: { cluster: "site", user: "admin" } }],
      "current-context": "site",
    });
  }

  /** A kubeconfig with a client certificate, as Kubespray's is. */
  withCertificate(validHours: number): string {
    const { cert, key } = authority.issue({ commonName: "admin", validHours });
    const encoded = (text: string) => Buffer.from(text).toString("base64");
    return this.kubeconfig({ token, "client-certificate-data": encoded(cert), "client-key-data": encoded(key) });
  }

  async stop(): Promise<void> {
    await this.server().stop();
  }

  private readonly answer: RequestListener = (request, response) => {
    const url = new URL(request.url ?? "/", "https://x");
    const reply = (code: number, body: unknown): void => {
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const status = (code: number, message: string) => reply(code, { kind: "Status", apiVersion: "v1", code, message });
    if (request.headers.authorization !== `Bearer ${token}`) return status(401, "Unauthorized");
    const page = this.pages.get(url.pathname);
    if (page !== undefined) return page(request, response);
    const items = this.collections.get(url.pathname);
    if (items === undefined) return status(404, "the server could not find the requested resource");
    const from = Number(url.searchParams.get("continue") ?? 0);
    const to = from + Number(url.searchParams.get("limit") ?? items.length);
    const metadata = to < items.length ? { continue: String(to) } : {};
    reply(200, { kind: "List", apiVersion: "v1", metadata, items: items.slice(from, to) });
  };
}
