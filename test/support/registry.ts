import { hashSync } from "@node-rs/bcrypt";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import type { TestAuthority } from "./certificates";
import { freePort, Program } from "./program";

export const credentials = "mirror:p4ss word";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";

/** A manifest in an index, and the platform that it is for. */
export interface Part {
  readonly architecture: string;
  readonly os?: string;
  readonly variant?: string;
  /** Makes the content another one. */
  readonly salt?: string;
}

export interface RegistryOptions {
  /** Distribution's `auth` section; one account by password unless given. */
  readonly auth?: object;
}

/** A real registry of Debian's docker-registry over TLS, with one account, as on a bastion. */
export class Registry {
  private constructor(
    private readonly program: Program,
    private readonly authority: TestAuthority,
    readonly port: number,
  ) {}

  static async start(folder: string, authority: TestAuthority, { auth }: RegistryOptions = {}): Promise<Registry> {
    const port = await freePort();
    const { cert, key } = authority.issue();
    const write = (name: string, text: string): string => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    };
    const [user = "", password = ""] = credentials.split(":");
    const config = {
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: path.join(folder, "registry") }, delete: { enabled: true } },
      auth: auth ?? { htpasswd: { realm: "bastion", path: write("htpasswd", `${user}:${hashSync(password, 4)}\n`) } },
      http: {
        addr: `127.0.0.1:${port}`,
        secret: "test",
        tls: { certificate: write("registry.pem", cert), key: write("registry-key.pem", key) },
      },
    };
    const file = write("registry.yml", JSON.stringify(config));
    const ready = async () => [200, 401].includes((await send(authority, port, "GET", "/v2/")).status);
    return new Registry(await Program.start("docker-registry", ["serve", file], ready), authority, port);
  }

  /** Pushes an image of one configuration and no layer. @returns its digest */
  async push(repository: string, architecture: string, tag?: string): Promise<string> {
    return (await this.pushPart(repository, { architecture }, tag)).digest;
  }

  /** Pushes an index of such images under a tag. @returns its digest and those of its manifests, in order */
  async pushIndex(repository: string, tag: string, parts: readonly Part[]): Promise<readonly [string, ...string[]]> {
    const manifests = [];
    for (const part of parts) {
      const { digest, size } = await this.pushPart(repository, part);
      const { architecture, os = "linux", variant } = part;
      manifests.push({ mediaType: manifestType, digest, size, platform: { architecture, os, variant } });
    }
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
    await this.send("PUT", `/v2/${repository}/manifests/${tag}`, index, indexType);
    return [digestOf(index), ...manifests.map(({ digest }) => digest)];
  }

  /**
   * Pushes a Helm chart as `helm push` does, with a packed chart that only says which it is.
   * @returns digests of the manifest and of the packed chart
   */
  async pushChart(
    repository: string,
    chart: { readonly name: string; readonly version: string; readonly salt?: string },
    more: { readonly configType?: string; readonly layers?: number; readonly annotation?: string } = {},
  ): Promise<readonly [string, string]> {
    const { name, version, salt = "" } = chart;
    const config = await this.pushBlob(repository, Buffer.from(JSON.stringify({ name, version, apiVersion: "v2" })));
    const content = await this.pushBlob(repository, Buffer.from(`packed ${name} ${version} ${salt}`));
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: more.configType ?? "application/vnd.cncf.helm.config.v1+json", ...config },
        layers: Array.from({ length: more.layers ?? 1 }, () => ({
          mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
          ...content,
        })),
        annotations: { "org.opencontainers.image.created": more.annotation ?? "2026-11-02T00:00:00Z" },
      }),
    );
    await this.send("PUT", `/v2/${repository}/manifests/${version}`, manifest, manifestType);
    return [digestOf(manifest), content.digest];
  }

  private async pushBlob(repository: string, content: Buffer): Promise<{ size: number; digest: string }> {
    const begun = await this.send("POST", `/v2/${repository}/blobs/uploads/`);
    const upload = new URL(begun.location);
    const digest = digestOf(content);
    upload.searchParams.set("digest", digest);
    await this.send("PUT", upload.pathname + upload.search, content, "application/octet-stream");
    return { size: content.length, digest };
  }

  private async pushPart(repository: string, { architecture, os = "linux", variant, salt }: Part, tag?: string) {
    const rootfs = { type: "layers", diff_ids: [] };
    const config = Buffer.from(JSON.stringify({ architecture, os, variant, rootfs, author: salt }));
    const described = await this.pushBlob(repository, config);
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: configType, ...described },
        layers: [],
      }),
    );
    const digest = digestOf(manifest);
    await this.send("PUT", `/v2/${repository}/manifests/${tag ?? digest}`, manifest, manifestType);
    return { digest, size: manifest.length };
  }

  /** Deletes a manifest. */
  async remove(repository: string, digest: string): Promise<void> {
    await this.send("DELETE", `/v2/${repository}/manifests/${digest}`);
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private async send(method: string, at: string, body?: Buffer, type?: string) {
    const answer = await send(this.authority, this.port, method, at, body, type);
    if (answer.status >= 300) throw new Error(`${method} ${at}: ${answer.status} ${answer.text}`);
    return answer;
  }
}

const digestOf = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

async function send(
  authority: TestAuthority,
  port: number,
  method: string,
  at: string,
  body?: Buffer,
  type?: string,
): Promise<{ status: number; location: string; text: string }> {
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
    ...(body === undefined ? {} : { "content-type": type, "content-length": body.length }),
  };
  return await new Promise((resolve, reject) => {
    const options = { host: "localhost", port, method, path: at, headers, ca: authority.cert, agent: false };
    const sent = https.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? "",
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
