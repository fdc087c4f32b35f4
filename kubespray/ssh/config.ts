import type { Order } from "../../components/kubespray/day2/order";

/** Files that ssh is pointed to; absolute paths without quotes. */
export interface SshFiles {
  readonly key: string;
  readonly knownHosts: string;
  /** Folder for sockets of shared connections; short, because a socket's path has at most 104 characters. */
  readonly sockets: string;
  /** Seconds of silence after which a connection is given up. */
  readonly silenceSeconds: number;
}

/**
 * The configuration that every ssh of a run is given by `-F`, so that nothing of the person's own decides: nodes are
 * reached through the bastion, which has one shared connection (sshd drops many at once, MaxStartups), and host keys are
 * those of the order. Pure.
 * @param nodes those that may be connected to.
 */
export function sshConfig(
  { bastion, ssh }: Pick<Order, "bastion" | "ssh">,
  nodes: readonly { readonly address: string }[],
  { key, knownHosts, sockets, silenceSeconds }: SshFiles,
): string {
  const interval = Math.max(1, Math.floor(silenceSeconds / 4));
  const quoted = (file: string) => `"${file.replaceAll("%", "%%")}"`;
  const lines = [
    `Host ${bastion.address}`,
    `  User ${bastion.user}`,
    `  Port ${bastion.port}`,
    "  ControlMaster auto",
    `  ControlPath ${quoted(`${sockets}/b`)}`,
    "  ControlPersist 60",
  ];
  for (const { address } of nodes) {
    lines.push(
      `Host ${address}`,
      `  User ${ssh.user}`,
      `  Port ${ssh.port}`,
      `  ProxyJump ${bastion.user}@${bastion.address}:${bastion.port}`,
    );
  }
  lines.push(
    "Host *",
    "  BatchMode yes",
    "  StrictHostKeyChecking yes",
    "  UpdateHostKeys no",
    `  UserKnownHostsFile ${quoted(knownHosts)}`,
    "  GlobalKnownHostsFile /dev/null",
    `  IdentityFile ${quoted(key)}`,
    "  IdentitiesOnly yes",
    "  PreferredAuthentications publickey",
    "  ForwardAgent no",
    `  ConnectTimeout ${Math.min(15, silenceSeconds)}`,
    `  ServerAliveInterval ${interval}`,
    "  ServerAliveCountMax 3",
  );
  return `${lines.join("\n")}\n`;
}

/** known_hosts with the order's keys and no other. Pure. */
export function knownHostsText(
  { bastion, ssh, hostKeys }: Pick<Order, "bastion" | "ssh" | "hostKeys">,
  nodes: readonly { readonly name: string; readonly address: string }[],
): string {
  const named = (address: string, port: number) => (port === 22 ? address : `[${address}]:${port}`);
  const lines = [
    ...bastion.hostKeys.map((key) => `${named(bastion.address, bastion.port)} ${key}`),
    ...nodes.flatMap(({ name, address }) => (hostKeys[name] ?? []).map((key) => `${named(address, ssh.port)} ${key}`)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
