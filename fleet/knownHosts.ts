import { hasForm } from "./schema/formats";
import type { PlacedProblem } from "./source/parse";

/** Name of the file beside fleet.yaml, in OpenSSH's form (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export const knownHostsFile = "known_hosts";

/** Keys such as `ssh-ed25519 AAAA...` by `host` or, for another port than 22, `[host]:port`. */
export type KnownHosts = ReadonlyMap<string, readonly string[]>;

export const noKnownHosts: KnownHosts = new Map();

/** Reads a known_hosts file. Lines that say nothing which could be relied on are problems, all of them at once. Pure. */
export function readKnownHosts(text: string): { readonly hosts: KnownHosts; readonly problems: PlacedProblem[] } {
  const hosts = new Map<string, string[]>();
  const problems: PlacedProblem[] = [];
  text.split("\n").forEach((written, index) => {
    const line = written.trim();
    if (line === "" || line.startsWith("#")) return;
    const wrong = (message: string, hint?: string) =>
      problems.push({
        code: "EDGE-FILE-005",
        source: { file: knownHostsFile, line: index + 1 },
        path: [],
        message,
        line: index + 1,
        ...(hint === undefined ? {} : { hint }),
      });
    const [names = "", type = "", key = ""] = line.split(/\s+/);
    if (names.startsWith("@")) return wrong(`${names} is not read`, "Write a line with the host's own key.");
    if (names.startsWith("|")) {
      return wrong(
        "the host's name is hashed, so nobody can tell whose key it is",
        "Write the name or address in clear.",
      );
    }
    if (/[*?!]/.test(names)) return wrong("a pattern stands for hosts that nobody named", "Write each host by itself.");
    if (!hasForm("edgewave-host-key", `${type} ${key}`)) return wrong("this is no host key");
    for (const name of names.split(",")) hosts.set(name, [...(hosts.get(name) ?? []), `${type} ${key}`]);
  });
  return { hosts, problems };
}

/** The keys of a host by any of its names, each once. */
export function keysOf(hosts: KnownHosts, names: readonly string[], port: number): readonly string[] {
  const written = names.map((name) => (port === 22 ? name : `[${name}]:${port}`));
  return [...new Set(written.flatMap((name) => hosts.get(name) ?? []))];
}
