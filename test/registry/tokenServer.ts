import { createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { serve, type Server } from "../probes/servers";
import type { TestAuthority, TestCertificate } from "../support/certificates";
import { credentials } from "../support/registry";

const service = "bastion";
const issuer = "test tokens";

/**
 * Gives tokens by distribution's token specification: whoever has the password, or the identity token, may pull what he
 * asks for; nobody else may pull anything, but gets a token all the same.
 */
export class TokenServer {
  readonly scopes: string[] = [];
  readonly identityToken = "identity";
  private constructor(
    private readonly server: Server,
    /** Distribution's `auth` section. */
    readonly registryAuth: object,
  ) {}

  static async start(authority: TestAuthority, folder: string): Promise<TokenServer> {
    const signer = authority.issue({ commonName: issuer });
    const bundle = path.join(folder, "token-roots.pem");
    writeFileSync(bundle, authority.cert);
    const started: { tokens?: TokenServer } = {};
    const server = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const tokens = started.tokens;
        const query = new URL(request.url ?? "", "https://localhost").searchParams;
        const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
        const scope = query.get("scope") ?? form.get("scope") ?? "";
        const given = request.headers.authorization;
        const known =
          given === `Basic ${Buffer.from(credentials).toString("base64")}` ||
          (form.get("grant_type") === "refresh_token" && form.get("refresh_token") === tokens?.identityToken);
        if (given !== undefined && !known) return void response.writeHead(401).end();
        tokens?.scopes.push(scope);
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ token: tokenFor(signer, known ? scope : "") }));
      });
    }, authority.issue());
    const realm = `https://localhost:${server.port}/token`;
    started.tokens = new TokenServer(server, { token: { realm, service, issuer, rootcertbundle: bundle } });
    return started.tokens;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

/** A JSON Web Token with the signer's certificate in it (RFC 7515, section 4.1.6). */
function tokenFor({ cert, key }: TestCertificate, scope: string): string {
  const [type, name, actions] = scope.split(":");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: service,
    sub: "mirror",
    exp: now + 300,
    nbf: now - 60,
    iat: now,
    jti: randomUUID(),
    access: scope === "" ? [] : [{ type, name, actions: actions?.split(",") }],
  };
  const header = { typ: "JWT", alg: "ES256", x5c: [new X509Certificate(cert).raw.toString("base64")] };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(text), { key: createPrivateKey(key), dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
