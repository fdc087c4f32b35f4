import { createServer, connect, type Server } from "node:net";
import { rm } from "node:fs/promises";
import path from "node:path";

/** Names to the runner the socket on which its driver listens. */
export const progressVariable = "EDGEWAVE_PROGRESS_SOCKET";

/** Longest line that a driver shows. */
const longestLine = 300;

/**
 * The runner's side: tells where a playbook is, line by line. Without a listener nothing is told: what a command writes
 * to its own output would be repeated in the message of its failure.
 */
export class ProgressTeller {
  private readonly socket: ReturnType<typeof connect> | undefined;

  constructor(file: string | undefined) {
    if (file === undefined) return;
    this.socket = connect(file);
    // Nobody who listens has gone is a reason to stop.
    this.socket.on("error", () => undefined);
  }

  tell(text: string): void {
    this.socket?.write(`${text.replace(/\s+/g, " ").slice(0, longestLine)}\n`);
  }

  close(): void {
    this.socket?.destroySoon();
  }
}

/** The driver's side: a socket in a folder of the run's own. */
export class ProgressListener {
  private constructor(
    readonly file: string,
    private readonly server: Server,
  ) {}

  static async open(folder: string, onLine: (text: string) => void): Promise<ProgressListener> {
    const file = path.join(folder, "progress");
    await rm(file, { force: true });
    const server = createServer((socket) => {
      let partial = "";
      socket.setEncoding("utf8");
      socket.on("error", () => undefined);
      socket.on("data", (text: string) => {
        const lines = (partial + text).split("\n");
        partial = (lines.pop() ?? "").slice(0, longestLine);
        for (const line of lines) onLine(line.slice(0, longestLine));
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(file, resolve);
    });
    return new ProgressListener(file, server);
  }

  close(): void {
    this.server.close();
  }
}
