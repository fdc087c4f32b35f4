import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import path from "node:path";
import type { Context } from "mocha";

const sshd = "/usr/sbin/sshd";

/** Why no hosts of one's own can be made here; undefined if they can. */
function obstacle(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  if (!existsSync(sshd)) return "there is no sshd: install openssh-server";
  try {
    execFileSync("ip", ["netns", "list"], { stdio: "ignore" });
    execFileSync("unshare", ["--net", "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "network namespaces cannot be made: install iproute2, and run where the kernel lets root make them";
  }
}

/** Skips a suite with the reason where no hosts can be made. */
export function needsHosts(context: Context): void {
  const why = obstacle();
  if (why === undefined) return;
  console.log(`      skipped: ${why}`);
  context.skip();
}

export interface Host {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
  /** Folder that is the host's `/etc/kubernetes`. */
  readonly kubernetes: string;
}

/**
 * A site of real hosts: a network namespace each, with an sshd and an `/etc/kubernetes` of its own. Only the bastion can
 * be reached from here; the nodes can be reached from the bastion alone.
 */
export class SiteNetwork {
  readonly net: string;
  readonly key: string;
  private readonly prefix: string;
  private readonly servers = new Map<string, ChildProcess>();
  private readonly spaces: string[] = [];
  readonly hosts = new Map<string, Host>();

  private constructor(
    private readonly folder: string,
    number: number,
  ) {
    // Process numbers differ between test runs, and numbers within one.
    this.net = `10.${200 + (process.pid % 50)}.${((process.pid >> 3) + number * 7) % 250}`;
    this.prefix = `ew${process.pid}x${number}`;
    this.key = path.join(folder, "key");
  }

  private static count = 0;

  static async start(folder: string, nodes: Readonly<Record<string, number>>): Promise<SiteNetwork> {
    const network = new SiteNetwork(folder, (SiteNetwork.count += 1));
    try {
      mkdirSync("/run/sshd", { recursive: true });
      makeKey(network.key);
      network.link();
      await network.serve("bastion", `${network.net}.2`);
      for (const [name, last] of Object.entries(nodes)) await network.add(name, last);
      return network;
    } catch (error) {
      network.stop();
      throw error;
    }
  }

  /** A further host that the bastion reaches. */
  async add(name: string, last: number): Promise<void> {
    const space = this.space(name);
    const index = this.spaces.length;
    const [here, there] = [`${this.prefix}p${index}`, "eth0"];
    ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", space);
    ip("link", "set", here, "netns", this.spaceOf("bastion"));
    inside(this.spaceOf("bastion"), "ip", "link", "set", here, "master", "br0", "up");
    inside(space, "ip", "address", "add", `${this.net}.${last}/24`, "dev", there);
    inside(space, "ip", "link", "set", there, "up");
    await this.serve(name, `${this.net}.${last}`);
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }

  /** The host stops in the middle of everything, and its connections stay open: nobody is told. */
  hang(name: string): void {
    inside(this.spaceOf(name), "ip", "link", "set", "eth0", "down");
  }

  /** The host answers again. */
  wake(name: string): void {
    inside(this.spaceOf(name), "ip", "link", "set", "eth0", "up");
  }

  /** The host's sshd and everything that runs under it ends at once. */
  die(name: string): void {
    for (const pid of execFileSync("ip", ["netns", "pids", this.spaceOf(name)], { encoding: "utf8" }).split("\n")) {
      if (pid !== "") kill(Number(pid));
    }
  }

  /** Starts a dead host's sshd again. */
  async revive(name: string): Promise<void> {
    const { address } = this.host(name);
    await this.serve(name, address);
  }

  /** Puts another machine, with another host key, in a host's place. */
  async impersonate(name: string): Promise<void> {
    const own = this.host(name);
    this.die(name);
    for (const file of ["host", "host.pub"]) {
      renameSync(path.join(this.folder, name, file), path.join(this.folder, name, `own-${file}`));
    }
    await this.serve(name, own.address);
    this.hosts.set(name, own);
  }

  /** Puts the host itself back. */
  async restore(name: string): Promise<void> {
    this.die(name);
    for (const file of ["host", "host.pub"]) {
      renameSync(path.join(this.folder, name, `own-${file}`), path.join(this.folder, name, file));
    }
    await this.serve(name, this.host(name).address);
  }

  stop(): void {
    for (const space of this.spaces) {
      const name = `${this.prefix}-${space}`;
      try {
        for (const pid of execFileSync("ip", ["netns", "pids", name], { encoding: "utf8" }).split("\n")) {
          if (pid !== "") kill(Number(pid));
        }
        ip("netns", "delete", name);
      } catch {
        // It was not made.
      }
    }
  }

  private link(): void {
    const space = this.space("bastion");
    const outer = `${this.prefix}o`;
    ip("link", "add", outer, "type", "veth", "peer", "name", "out", "netns", space);
    ip("address", "add", `${this.net}.1/32`, "dev", outer);
    ip("link", "set", outer, "up");
    ip("route", "add", `${this.net}.2/32`, "dev", outer, "src", `${this.net}.1`);
    const bastion = (...args: string[]) => inside(space, "ip", ...args);
    bastion("link", "set", "out", "up");
    bastion("link", "add", "br0", "type", "bridge");
    bastion("address", "add", `${this.net}.2/24`, "dev", "br0");
    bastion("link", "set", "br0", "up");
    bastion("route", "add", `${this.net}.1/32`, "dev", "out", "src", `${this.net}.2`);
  }

  private space(name: string): string {
    const full = `${this.prefix}-${name}`;
    ip("netns", "add", full);
    this.spaces.push(name);
    inside(full, "ip", "link", "set", "lo", "up");
    return full;
  }

  /** Name of a host's network namespace. */
  spaceOf(name: string): string {
    return `${this.prefix}-${name}`;
  }

  private async serve(name: string, address: string): Promise<void> {
    const folder = path.join(this.folder, name);
    const kubernetes = path.join(folder, "kubernetes");
    mkdirSync(kubernetes, { recursive: true });
    if (!existsSync(path.join(folder, "host"))) makeKey(path.join(folder, "host"));
    const lines = [
      "Port 22",
      `ListenAddress ${address}`,
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${this.key}.pub`,
      "StrictModes no",
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "PidFile none",
      "LogLevel VERBOSE",
    ];
    writeFileSync(path.join(folder, "sshd_config"), `${lines.join("\n")}\n`);
    // `ip netns exec` has made a mount namespace: what is mounted here is seen by this host alone.
    const script = [
      `mkdir -p ${folder}/overlay && mount -t tmpfs none ${folder}/overlay`,
      `mkdir ${folder}/overlay/upper ${folder}/overlay/work`,
      `mount -t overlay overlay -o lowerdir=/etc,upperdir=${folder}/overlay/upper,workdir=${folder}/overlay/work /etc`,
      "mkdir -p /etc/kubernetes",
      `mount --bind ${kubernetes} /etc/kubernetes`,
      // What a person's shell sets up, such as the shims of pyenv, is not part of a bare host.
      "for file in /root/.bashrc /root/.profile; do [ ! -e $file ] || mount --bind /dev/null $file; done",
      `exec ${sshd} -D -f ${folder}/sshd_config -E ${folder}/sshd.log`,
    ].join(" && ");
    const child = spawn("ip", ["netns", "exec", this.spaceOf(name), "sh", "-c", script], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    this.servers.set(name, child);
    const hostKey = readFileSync(path.join(folder, "host.pub"), "utf8").trim().split(" ").slice(0, 2).join(" ");
    this.hosts.set(name, { name, address, hostKey, kubernetes });
    await this.listening(name, address, child);
  }

  private async listening(name: string, address: string, child: ChildProcess): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (child.exitCode !== null) throw new Error(`the sshd of ${name} has ended with ${child.exitCode}`);
      const there =
        name === "bastion"
          ? await connects(address)
          : /^LISTEN/m.test(inside(this.spaceOf(name), "ss", "-Hltn", "sport", "=", "22"));
      if (there) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the sshd of ${name} does not listen`);
  }
}

function connects(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port: 22 });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function makeKey(file: string): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function inside(space: string, ...command: string[]): string {
  return ip("netns", "exec", space, ...command);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
