import { isIPv4 } from "node:net";
import type { ResolvedSite } from "../../fleet/model";
import { hasForm } from "../../fleet/schema/formats";
import { ComponentArgumentError } from "../argumentError";

/** How Ansible reaches the nodes; `group_vars/all/all.yml`. */
export interface ConnectionVariables {
  readonly ansible_user: string;
  readonly ansible_port: number;
  readonly ansible_become: boolean;
  readonly ansible_ssh_common_args: string;
}

/**
 * Reaches nodes through the bastion with known host keys. Kubespray's own `bastion` group turns host key checking off
 * for the jump (`ansible_ssh_common_args` in kubespray_defaults, v2.31.0), so it is not used.
 * @throws ComponentArgumentError `EDGE-COMPONENT-011` for an account, address or port that ssh could take for
 * something else: the text ends on a command line.
 */
export function connectionOf(site: Pick<ResolvedSite, "name" | "bastion" | "ssh">): ConnectionVariables {
  const { bastion, ssh } = site;
  const checks: readonly (readonly [string, string | number, boolean])[] = [
    ["bastion.sshUser", bastion.sshUser, hasForm("edgewave-user", bastion.sshUser)],
    ["bastion.address", bastion.address, isIPv4(bastion.address)],
    ["bastion.sshPort", bastion.sshPort, isPort(bastion.sshPort)],
    ["ssh.user", ssh.user, hasForm("edgewave-user", ssh.user)],
    ["ssh.port", ssh.port, isPort(ssh.port)],
  ];
  const wrong = checks.filter(([, , good]) => !good);
  if (wrong.length > 0) {
    throw new ComponentArgumentError(
      "EDGE-COMPONENT-011",
      "KubesprayCluster",
      `site ${site.name}`,
      `not usable for ssh: ${wrong.map(([path, value]) => `${path} ${JSON.stringify(value)}`).join(", ")}`,
      "Give a Linux account name, an IPv4 address and a port from 1 to 65535",
    );
  }
  const jump = `${bastion.sshUser}@${bastion.address}:${bastion.sshPort}`;
  return {
    ansible_user: ssh.user,
    ansible_port: ssh.port,
    ansible_become: true,
    ansible_ssh_common_args: `-o ProxyJump=${jump} -o StrictHostKeyChecking=yes`,
  };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
