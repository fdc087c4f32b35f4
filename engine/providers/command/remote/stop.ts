import { once } from "node:events";
import type { Client, ClientChannel } from "ssh2";
import { signalCommand } from "./wire";

/**
 * Signals the process groups of the other sessions on the same connection: their leaders have the same parent as this
 * shell. It fails where there was none to signal.
 */
const script = (signal: string): string =>
  `ps -A -o ppid= -o pgid= | { found=1; while read -r parent group; do ` +
  `if [ "$parent" = "$PPID" ] && [ "$group" != "$$" ]; then kill -s ${signal} -- "-$group" && found=0; fi; ` +
  `done; exit $found; }`;

/**
 * Signals the process group of a running command. OpenSSH obeys a client's request to signal only for users other than
 * root, so a second session on the connection does it; the request is made where that session could not.
 */
export async function stopCommand(client: Client, channel: ClientChannel, signal: "INT" | "KILL"): Promise<void> {
  if (!(await signalled(client, signal))) signalCommand(client, channel, signal);
}

async function signalled(client: Client, signal: "INT" | "KILL"): Promise<boolean> {
  let status: number | null = null;
  try {
    const session = await new Promise<ClientChannel>((resolve, reject) => {
      client.exec(script(signal), (error, started) => {
        if (error) {
          reject(error);
          return;
        }
        started.on("exit", (code: number | null) => (status = code));
        started.resume();
        started.stderr.resume();
        started.stdin.end();
        resolve(started);
      });
    });
    await Promise.race([once(session, "close"), once(client, "close")]);
  } catch {
    // The server allows one session only, or the connection has broken.
    return false;
  }
  return status === 0;
}
