import { expect } from "chai";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCredentials, type CredentialStore } from "../../registry";
import { resolveImage } from "../../registry/resolve";
import { serve, type Server } from "../probes/servers";
import { aClient, failureOf } from "./clients";

const image = { repository: "quay.io/a/b", tag: "1" };
const indexType = "application/vnd.oci.image.index.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: manifestType,
  config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 },
  layers: [],
});
const indexOf = (digest: string, size: number, variant?: string) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [{ mediaType: manifestType, digest, size, platform: { architecture: "amd64", os: "linux", variant } }],
  });
const index = indexOf(digestOf(manifest), manifest.length);

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const say =
  (body: string, type: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(200, { "content-type": type, ...headers }).end(body);

describe("a registry that is not to be trusted", () => {
  const servers: Server[] = [];
  const closing: (() => void)[] = [];
  after(async () => {
    for (const close of closing) close();
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** Asks a server that answers what it is told; the last answer for all that follows. */
  async function ask(byTag: Answer[], byDigest: Answer = say(manifest, manifestType), store?: CredentialStore) {
    const server = await serve((request, response) => {
      const answer = (request.url ?? "").endsWith("/manifests/1")
        ? ((byTag.length > 1 ? byTag.shift() : byTag[0]) as Answer)
        : byDigest;
      answer(response, request);
    });
    servers.push(server);
    const pauses: number[] = [];
    const { client, close } = aClient({
      via: `http://127.0.0.1:${server.port}`,
      pauses,
      ...(store && { credentials: store }),
    });
    closing.push(close);
    const result = resolveImage(client, image, AbortSignal.timeout(10_000));
    // Told to whoever awaits it.
    result.catch(() => undefined);
    return { result, server, pauses };
  }
  const asked = async (...args: Parameters<typeof ask>) => (await ask(...args)).result;

  it("is taken at its word only where the digests are computed here", async () => {
    expect(await asked([say(index, indexType)])).to.deep.equal({
      tag: "1",
      index: digestOf(index),
      amd64: digestOf(manifest),
      bytes: { amd64: 2 },
    });
  });

  const lies: [string, Answer, Answer, string, RegExp][] = [
    [
      "gives an index of another digest than it says",
      say(index, indexType, { "docker-content-digest": digestOf("x") }),
      say(manifest, manifestType),
      "EDGE-LOCK-002",
      /the answer for quay\.io\/a\/b:1 has the digest sha256:/,
    ],
    [
      "gives a manifest of another digest than was asked for",
      say(index, indexType),
      say(manifest.replace("[]", "[ ]"), manifestType),
      "EDGE-LOCK-002",
      /has the digest sha256:[0-9a-f]{64}, not sha256:/,
    ],
    [
      "says another size in the index",
      say(indexOf(digestOf(manifest), manifest.length + 1), indexType),
      say(manifest, manifestType),
      "EDGE-LOCK-002",
      /has \d+ bytes, and its index says \d+/,
    ],
    [
      "has an index within an index",
      say(indexOf(digestOf(index), index.length), indexType),
      say(index, indexType),
      "EDGE-LOCK-006",
      /index within an index/,
    ],
    [
      "sends a document that is an index and an image",
      say(JSON.stringify({ ...JSON.parse(index), config: {}, layers: [] }), indexType),
      say(manifest, manifestType),
      "EDGE-LOCK-006",
      /an index and an image at once/,
    ],
    [
      "sends a document as another kind than it says to be",
      say(index, manifestType),
      say(manifest, manifestType),
      "EDGE-LOCK-006",
      /says to be .* and was sent as/,
    ],
    [
      "sends a manifest of the first schema",
      say("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws"),
      say(manifest, manifestType),
      "EDGE-LOCK-006",
      /was sent as application\/vnd\.docker\.distribution\.manifest\.v1/,
    ],
    ["sends no JSON", say("<html>", indexType), say(manifest, manifestType), "EDGE-LOCK-006", /no JSON object/],
    [
      "names a digest that is none of SHA-256",
      say(indexOf("sha512:" + "a".repeat(128), 3), indexType),
      say(manifest, manifestType),
      "EDGE-LOCK-006",
      /no SHA-256 digest/,
    ],
    [
      "sends without end",
      (response) => {
        response.writeHead(200, { "content-type": indexType });
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        };
        response.on("drain", more);
        more();
      },
      say(manifest, manifestType),
      "EDGE-LOCK-006",
      /more than 4194304 bytes/,
    ],
    [
      "names a blob of another content",
      say(manifest, manifestType),
      say("[]", "application/octet-stream"),
      "EDGE-LOCK-002",
      /has the digest/,
    ],
    [
      "sends requests round in a circle",
      (response, request) => response.writeHead(307, { location: request.url }).end(),
      say(manifest, manifestType),
      "EDGE-LOCK-005",
      /where they cannot go/,
    ],
    [
      "sends requests on to an unprotected host",
      (response) => response.writeHead(307, { location: "http://169.254.169.254/latest" }).end(),
      say(manifest, manifestType),
      "EDGE-LOCK-005",
      /where they cannot go/,
    ],
  ];
  for (const [what, byTag, byDigest, code, message] of lies) {
    it(`is refused if it ${what}`, async () => {
      const failure = await failureOf(asked([byTag], byDigest));
      expect(`${failure.code} ${failure.message}`).to.match(new RegExp(`^${code} .*${message.source}`));
    });
  }

  describe("with credentials", () => {
    const secret = "hunter2-hunter2";
    const storeFor = (host: string) =>
      parseCredentials(JSON.stringify({ auths: { [host]: { username: "u", password: secret } } }));

    it("gets them itself, and nobody that it sends requests on to", async () => {
      const other = await serve((_, response) => say(index, indexType)(response, _));
      servers.push(other);
      const front = await serve((request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { "www-authenticate": 'Basic realm="front"' }).end();
        } else response.writeHead(307, { location: `http://127.0.0.1:${other.port}/elsewhere` }).end();
      });
      servers.push(front);
      const { client, close } = aClient({
        via: `http://127.0.0.1:${front.port}`,
        credentials: storeFor(`127.0.0.1:${front.port}`),
      });
      closing.push(close);
      const { code } = await failureOf(resolveImage(client, image, AbortSignal.timeout(10_000)));
      expect(code).to.equal("EDGE-LOCK-005");
      expect(front.requests.some(({ headers }) => headers.authorization !== undefined)).to.equal(true);
      expect(other.requests).to.deep.equal([]);
    });

    it("gets none over a connection that others can read, whoever it says gives tokens", async () => {
      const realm = `http://tokens.example/token`;
      const front = await serve((_, response) =>
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="x"` }).end(),
      );
      servers.push(front);
      const { client, close } = aClient({
        via: `http://127.0.0.1:${front.port}`,
        credentials: storeFor(`127.0.0.1:${front.port}`),
      });
      closing.push(close);
      const failure = await failureOf(resolveImage(client, image, AbortSignal.timeout(10_000)));
      expect(failure.message).to.equal(
        "tokens.example asks for credentials over a connection that anybody on the way can read",
      );
    });

    it("does not get those of another registry", async () => {
      const { result, server } = await ask(
        [(response) => response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end()],
        undefined,
        storeFor("quay.io"),
      );
      expect((await failureOf(result)).message).to.match(/asks for credentials/);
      expect(server.requests.every(({ headers }) => headers.authorization === undefined)).to.equal(true);
    });
  });

  describe("that does not serve at the moment", () => {
    const busy = (headers: Record<string, string> = {}): Answer => {
      return (response) => response.writeHead(429, headers).end();
    };

    it("is asked again, after the pause that it wishes for", async () => {
      const { result, pauses } = await ask([busy({ "retry-after": "7" }), busy(), say(index, indexType)]);
      expect(await result).to.include({ index: digestOf(index) });
      expect(pauses).to.deep.equal([7, 2]);
    });

    it("is not waited for longer than a minute, nor for ever", async () => {
      const long = await ask([busy({ "retry-after": "3600" })]);
      expect((await failureOf(long.result)).code).to.equal("EDGE-LOCK-005");
      expect(long.pauses).to.deep.equal([]);
      const never = await ask([(response) => response.writeHead(503).end()]);
      expect((await failureOf(never.result)).message).to.match(/answered 503 for quay\.io\/a\/b/);
      expect(never.pauses).to.deep.equal([1, 2, 4, 8]);
    });

    it("is asked again if it hangs up in the middle", async () => {
      const { result } = await ask([
        (response) => {
          response.writeHead(200, { "content-type": indexType, "content-length": "9999" });
          response.write(index, () => response.destroy());
        },
        say(index, indexType),
      ]);
      expect(await result).to.include({ index: digestOf(index) });
    });
  });
});
