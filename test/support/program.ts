import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Why a program of Debian cannot be started here; undefined if it can. */
export function whyMissing(program: string): string | undefined {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined
    ? undefined
    : `there is no ${program} on the PATH`;
}

/** A title that says why its tests are skipped, if they are. */
export function titled(title: string, missing: string | undefined): string {
  return missing === undefined ? title : `${title} (skipped: ${missing})`;
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A program that a test starts, and ends. */
export class Program {
  private output = "";
  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    }
  }

  /**
   * @param ready asks whether it answers; errors are a no
   * @throws Error with what it wrote if it ends before it is ready
   */
  static async start(command: string, args: readonly string[], ready: () => Promise<boolean>): Promise<Program> {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const program = new Program(child);
    while (!(await ready().catch(() => false))) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}:\n${program.output}`);
      await sleep(50);
    }
    return program;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }
}
