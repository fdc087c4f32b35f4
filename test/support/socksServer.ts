import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A SOCKS 5 server on loopback without a login (RFC 1928), for names and IPv4 addresses. */
export class SocksServer {
  /** Where it was asked to connect to, as `host:port`. */
  readonly asked: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SocksServer> {
    const server = createServer();
    const socks = new SocksServer(server);
    server.on("connection", (client) => void socks.serve(client).catch(() => client.destroy()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return socks;
  }

  get url(): string {
    return `socks5://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
  }

  private async serve(client: Socket): Promise<void> {
    client.on("error", () => undefined);
    const [, methods = 0] = await read(client, 2);
    await read(client, methods);
    client.write(Buffer.of(5, 0));
    const [, , , kind = 0] = await read(client, 4);
    const host = kind === 1 ? [...(await read(client, 4))].join(".") : await name(client);
    const port = (await read(client, 2)).readUInt16BE(0);
    this.asked.push(`${host}:${port}`);
    const target = connect(port, host, () => {
      client.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      client.pipe(target).pipe(client);
    });
    target.on("error", () => client.destroy());
    client.on("close", () => target.destroy());
  }
}

async function name(client: Socket): Promise<string> {
  const [length = 0] = await read(client, 1);
  return (await read(client, length)).toString("latin1");
}

async function read(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const data = socket.read(count) as Buffer | null;
    if (data !== null) return data;
    if (socket.destroyed) throw new Error("the client has gone");
    await new Promise((resolve) => socket.once("readable", resolve));
  }
}
