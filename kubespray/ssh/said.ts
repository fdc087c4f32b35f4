/** What an ssh that did not get through says, in the words of OpenSSH. */
export type SshTrouble =
  | { readonly kind: "silent"; readonly why: string }
  | { readonly kind: "host-key"; readonly why: string }
  | { readonly kind: "login"; readonly why: string }
  | { readonly kind: "other"; readonly why: string };

const silences: readonly (readonly [RegExp, string])[] = [
  [/connection timed out|operation timed out|timed out during banner|timeout, server .* not responding/i, "ETIMEDOUT"],
  [/connection refused/i, "ECONNREFUSED"],
  [/no route to host/i, "EHOSTUNREACH"],
  [/network is unreachable/i, "ENETUNREACH"],
  [/host is down/i, "EHOSTDOWN"],
];

/** Tells the kinds of trouble apart by what ssh wrote to its standard error. Pure. */
export function sshTrouble(stderr: string): SshTrouble {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(@+|Warning: Permanently|Connection to .* closed)/.test(line));
  const last = lines.at(-1) ?? "ssh ended without a word";
  if (/host key verification failed|remote host identification has changed|no .* host key is known/i.test(stderr)) {
    const telling = lines.find((line) => /host key for|is known for|offending/i.test(line)) ?? last;
    return { kind: "host-key", why: telling };
  }
  if (/permission denied|too many authentication failures/i.test(stderr)) {
    return { kind: "login", why: lines.find((line) => /permission denied|too many/i.test(line)) ?? last };
  }
  const silence = silences.find(([pattern]) => pattern.test(stderr));
  if (silence !== undefined) {
    const line = lines.find((each) => silence[0].test(each)) ?? last;
    return { kind: "silent", why: `${silence[1]} (${line})` };
  }
  return { kind: "other", why: last };
}
