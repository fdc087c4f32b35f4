import { expect } from "chai";
import { createHash } from "node:crypto";
import { once } from "node:events";
import https from "node:https";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { forwardTo, type Forward } from "../../../probes";
import { TestAuthority } from "../../support/certificates";

/** From the protocol `v4.channel.k8s.io` of kubectl's port forward: a byte for the stream, then what is sent. */
const data = 0;
const errors = 1;

/** An API server that knows one pod, and joins a WebSocket to a server on this machine as its kubelet would. */
class ApiServerOfTests {
  readonly asked: string[] = [];
  private constructor(
    readonly server: https.Server,
    private readonly pods: readonly object[],
    private readonly target: number,
  ) {}

  static async start(authority: TestAuthority, pods: readonly object[], target: number): Promise<ApiServerOfTests> {
    const server = https.createServer(authority.issue());
    const api = new ApiServerOfTests(server, pods, target);
    server.on("request", (request, response) => {
      api.asked.push(request.url ?? "");
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ metadata: {}, items: api.pods }));
    });
    server.on("upgrade", (request, socket: Socket) => api.upgrade(request.url ?? "", request.headers, socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return api;
  }

  kubeconfig(ca: string): string {
    const { port } = this.server.address() as AddressInfo;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "c",
          cluster: {
            server: `https://127.0.0.1:${port}`,
            "certificate-authority-data": Buffer.from(ca).toString("base64"),
          },
        },
      ],
      users: [{ name: "u", user: { token: "the-token" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
  }

  private upgrade(url: string, headers: NodeJS.Dict<string | string[]>, socket: Socket): void {
    this.asked.push(`${url} ${String(headers["authorization"])}`);
    const key = String(headers["sec-websocket-key"]);
    // RFC 6455, section 1.3.
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const protocol = String(headers["sec-websocket-protocol"]).split(",")[0]?.trim();
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
        `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    const port = Buffer.alloc(2);
    port.writeUInt16LE(Number(new URL(url, "https://x").searchParams.get("ports")));
    for (const stream of [data, errors]) socket.write(frame(Buffer.concat([Buffer.of(stream), port])));
    const pod = connect(this.target, "127.0.0.1");
    pod.on("data", (chunk: Buffer) => socket.write(frame(Buffer.concat([Buffer.of(data), chunk]))));
    pod.on("close", () => socket.end());
    socket.on("error", () => pod.destroy());
    socket.on("close", () => pod.destroy());
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let read = unframe(rest); read !== undefined; read = unframe(rest)) {
        rest = rest.subarray(read.length);
        if (read.payload[0] === data) pod.write(read.payload.subarray(1));
      }
    });
  }
}

/** A whole binary message from a server. */
function frame(payload: Buffer): Buffer {
  const long = payload.length > 125;
  const head = Buffer.alloc(long ? 10 : 2);
  head[0] = 0x82;
  head[1] = long ? 127 : payload.length;
  if (long) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** The first message of a client, which is masked; undefined while it is not all there. */
function unframe(from: Buffer): { readonly payload: Buffer; readonly length: number } | undefined {
  if (from.length < 6) return undefined;
  const short = (from[1] ?? 0) & 0x7f;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (from.length < 6 + wide) return undefined;
  const size = wide === 0 ? short : wide === 2 ? from.readUInt16BE(2) : Number(from.readBigUInt64BE(2));
  const start = 6 + wide;
  if (from.length < start + size) return undefined;
  const mask = from.subarray(2 + wide, start);
  const payload = Buffer.from(from.subarray(start, start + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { payload, length: start + size };
}

describe("a forward to a pod", () => {
  const authority = new TestAuthority();
  const labels = { "app.kubernetes.io/name": "gitea" };
  const pod = (name: string, phase: string, more: object = labels) => ({
    metadata: { name, labels: more },
    status: { phase },
  });
  const pods = [pod("gitea-old", "Succeeded"), pod("other", "Running", {}), pod("gitea-1", "Running")];
  const to = { namespace: "gitea", labels, port: 3000 };
  const never = new AbortController().signal;
  let echo: Server;
  let api: ApiServerOfTests;
  let forward: Forward | undefined;
  const start = async (known: readonly object[]) => {
    api = await ApiServerOfTests.start(authority, known, (echo.address() as AddressInfo).port);
    return { text: api.kubeconfig(authority.cert), trusted: true };
  };
  before(async () => {
    echo = createServer((socket) => socket.pipe(socket));
    echo.listen(0, "127.0.0.1");
    await once(echo, "listening");
  });
  afterEach(async () => {
    await forward?.close();
    forward = undefined;
    api.server.closeAllConnections();
    api.server.close();
  });
  after(() => echo.close());

  it("carries what is sent to the running pod with the labels and back, much of it and on several connections", async () => {
    forward = await forwardTo(await start(pods), to, never);
    const { port } = forward;
    const sent = Buffer.alloc(300_000, "0123456789");
    const echoed = async (): Promise<Buffer> => {
      const socket = connect(port, "127.0.0.1");
      const got: Buffer[] = [];
      let length = 0;
      socket.write(sent);
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        got.push(chunk);
        length += chunk.length;
        if (length >= sent.length) break;
      }
      return Buffer.concat(got);
    };
    for (const answer of await Promise.all([echoed(), echoed()])) expect(answer.equals(sent)).to.equal(true);
    const path = "/api/v1/namespaces/gitea/pods/gitea-1/portforward?ports=3000";
    expect(api.asked).to.include(`${path} Bearer the-token`);
  });

  it("says that there is no such pod", async () => {
    const error = await forwardTo(await start([pods[0]!]), to, never).catch((thrown: unknown) => thrown);
    expect(String(error)).to.include("there is no running pod of gitea");
  });

  it("takes no name of a pod that leads elsewhere", async () => {
    const error = await forwardTo(await start([pod("../../secrets", "Running")]), to, never).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).to.include("no name of a pod");
  });

  it("ends a connection that the API server does not take", async () => {
    forward = await forwardTo(await start(pods), to, never);
    api.server.removeAllListeners("upgrade");
    api.server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    const socket = connect(forward.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "close");
  });
});
