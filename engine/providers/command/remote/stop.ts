import { once } from "node:events";
import type { Client, ClientChannel } from "ssh2";
import { signalCommand } from "./wire";

/**
 * Signals the process groups of the other sessions on the same connection, and says which: their leaders have the same
 * parent as this shell.
 */
const signalSiblings = (signal: string): string =>
  `ps -A -o ppid= -o pgid= | while read -r parent group; do ` +
  `if [ "$parent" = "$PPID" ] && [ "$group" != "$$" ]; then kill -s ${signal} -- "-$group" && echo "$group"; fi; done`;

/**
 * Stops a running command with all that it has started: SIGINT to its process group, and SIGKILL to what is left of
 * the group when `kill` is called.
 *
 * OpenSSH obeys a client's request to signal only for users other than root, so a second session on the connection
 * does it; the request is made where that session could not.
 */
export class Stop {
  private readonly groups: Promise<readonly string[]>;

  constructor(
    private readonly client: Client,
    private readonly channel: ClientChannel,
    first: "INT" | "KILL",
  ) {
    this.groups = this.begin(first);
  }

  /** Kills what the first signal has not ended, also where its leader has gone. */
  async kill(): Promise<void> {
    const groups = await this.groups;
    if (groups.length === 0) signalCommand(this.client, this.channel, "KILL");
    else await output(this.client, `kill -s KILL -- ${groups.map((group) => `-${group}`).join(" ")}`);
  }

  /** Resolves when the first signal has been sent. */
  async sent(): Promise<void> {
    await this.groups;
  }

  private async begin(signal: "INT" | "KILL"): Promise<readonly string[]> {
    const groups = (await output(this.client, signalSiblings(signal))).split("\n").filter((text) => /^\d+$/.test(text));
    if (groups.length === 0) signalCommand(this.client, this.channel, signal);
    return groups;
  }
}

/** What a command line writes in a session of its own; nothing if the server allows no second session. */
async function output(client: Client, command: string): Promise<string> {
  let text = "";
  try {
    const session = await new Promise<ClientChannel>((resolve, reject) => {
      client.once("close", () => reject(new Error("the connection broke")));
      client.exec(command, (error, started) => {
        if (error) {
          reject(error);
          return;
        }
        started.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        started.stderr.resume();
        started.stdin.end();
        resolve(started);
      });
    });
    await Promise.race([once(session, "close"), once(client, "close")]);
  } catch {
    // The server allows one session only, or the connection has broken.
  }
  return text;
}
