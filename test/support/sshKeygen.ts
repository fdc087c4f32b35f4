import { execFileSync, spawnSync } from "node:child_process";
import type { Context } from "mocha";

/** Whether OpenSSH's own tool can be had; its `-Y sign` came with OpenSSH 8.0. */
const missing = spawnSync("ssh-keygen", ["-Y"], { stdio: "ignore" }).error !== undefined;

/** Skips a test, or all of a suite from its `before`, where ssh-keygen is not there; it then counts as pending. */
export function needsSshKeygen(context: Context): void {
  if (!missing) return;
  console.log("      skipped: there is no ssh-keygen on the PATH to compare with");
  context.skip();
}

/** Asks the real ssh-keygen. */
export function askSshKeygen(...args: string[]): string {
  return execFileSync("ssh-keygen", args, { encoding: "utf8", stdio: "pipe" });
}

/** Verifies a commit as a person would, by the real Git and ssh-keygen. @throws with what they said if it is not good */
export function verifyCommit(repository: string, allowedSigners: string, commit: string): void {
  const config = ["-c", `gpg.ssh.allowedSignersFile=${allowedSigners}`];
  execFileSync("git", ["--git-dir", repository, ...config, "verify-commit", commit], { stdio: "pipe" });
}
