import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const sshd = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].find((file) => existsSync(file));

/** Why no SSH server can run here; undefined if one can. */
export const noSshServer: string | undefined =
  sshd === undefined
    ? "there is no sshd: install openssh-server"
    : process.getuid?.() === 0
      ? undefined
      : "sshd needs root to start sessions";

/** A real sshd on loopback with keys of its own. */
export class SshServer {
  private constructor(
    readonly port: number,
    /** The one key that it lets in. */
    readonly privateKey: string,
    /** Its own key, as a client names it. */
    readonly hostKey: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param folder an empty folder for its files. */
  static async start(folder: string, options: readonly string[] = []): Promise<SshServer> {
    mkdirSync(folder, { recursive: true });
    mkdirSync("/run/sshd", { recursive: true });
    for (const name of ["host", "user"]) makeKey(path.join(folder, name), "");
    const port = await freePort();
    const lines = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/host`,
      "PidFile none",
      `AuthorizedKeysFile ${folder}/user.pub`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "Subsystem sftp internal-sftp",
      ...options,
    ];
    writeFileSync(path.join(folder, "config"), `${lines.join("\n")}\n`);
    const child = spawn(sshd as string, ["-D", "-f", path.join(folder, "config"), "-E", path.join(folder, "log")]);
    const server = new SshServer(
      port,
      readFileSync(path.join(folder, "user"), "utf8"),
      readFileSync(path.join(folder, "host.pub"), "utf8").trim(),
      folder,
      child,
    );
    for (let tries = 0; !server.log().includes("listening"); tries++) {
      if (tries > 100) throw new Error(`sshd does not start: ${server.log()}`);
      await sleep(50);
    }
    return server;
  }

  log(): string {
    const file = path.join(this.folder, "log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  stop(): void {
    this.child.kill("SIGTERM");
  }
}

/** Makes a key pair at `file` and `file.pub`, encrypted if there is a passphrase. */
export function makeKey(file: string, passphrase: string): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", file]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
