import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export interface SignedContent {
  readonly content: Buffer;
  /** Armoured, as `ssh-keygen -Y sign` writes it. */
  readonly signature: Buffer;
  /** Path of a file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS). */
  readonly signers: string;
  /** The principal who must have signed. */
  readonly identity: string;
  /** What the signature is for, so that one for something else does not count. */
  readonly namespace: string;
}

/**
 * Has OpenSSH's own ssh-keygen verify a signature, with all that an allowed-signers file can say: several keys, authorities,
 * validity.
 * @returns what is wrong; undefined for a good signature.
 */
export async function isSignedBy(
  { content, signature, signers, identity, namespace }: SignedContent,
  signal: AbortSignal,
): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), "edgewave-report-"));
  try {
    const file = path.join(folder, "report.sig");
    await writeFile(file, signature, { mode: 0o600 });
    const args = ["-Y", "verify", "-n", namespace, "-f", signers, "-I", identity, "-s", file];
    const { execa } = await import("execa");
    const result = await execa("ssh-keygen", args, { input: content, reject: false, cancelSignal: signal });
    if (!result.failed) return undefined;
    if (result.code === "ENOENT") return "ssh-keygen was not found; install OpenSSH 8.0 or later";
    return result.stderr.trim().split("\n").at(-1) || "ssh-keygen refuses it";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
