import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A link on loopback to a server, which a test cuts: nobody gets through, or answers do not come back. */
export class LinkOfTests {
  private readonly sockets = new Set<Socket>();
  private state: "up" | "down" | "no-answers" = "up";

  private constructor(
    private readonly server: Server,
    private readonly to: { readonly host: string; readonly port: number },
  ) {}

  static async to(host: string, port: number): Promise<LinkOfTests> {
    const server = createServer();
    const link = new LinkOfTests(server, { host, port });
    server.on("connection", (socket) => link.join(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.state = "down";
    for (const socket of this.sockets) socket.destroy();
  }

  /** What is asked arrives, but once `when` holds no answer comes back any more and the connection ends. */
  loseAnswersOnce(when: () => boolean): void {
    this.state = "no-answers";
    this.lost = when;
  }
  private lost: () => boolean = () => false;

  restore(): void {
    this.state = "up";
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, "close");
  }

  private join(from: Socket): void {
    from.on("error", () => undefined);
    if (this.state === "down") return void from.destroy();
    const to = connect(this.to);
    to.on("error", () => undefined);
    for (const socket of [from, to]) {
      this.sockets.add(socket);
      socket.once("close", () => {
        this.sockets.delete(socket);
        from.destroy();
        to.destroy();
      });
    }
    from.pipe(to);
    to.on("data", (data: Buffer) => {
      if (this.state === "no-answers" && this.lost()) {
        from.destroy();
        to.destroy();
      } else from.write(data);
    });
    to.once("end", () => from.end());
  }
}
