import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { makeSecretFile } from "./secretFile";
import { UserError } from "./userError";

/** Where the passphrase of the stacks' secrets comes from; only a file's name or the environment, never the words. */
export interface PassphraseSource {
  /** What a Pulumi engine needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The file, if this call made it. */
  readonly generated: string | undefined;
}

/**
 * Finds the passphrase: `PULUMI_CONFIG_PASSPHRASE`, else `PULUMI_CONFIG_PASSPHRASE_FILE`, else `<out>/passphrase`,
 * which is made (32 random bytes, readable by its owner alone) when there is no state yet that another passphrase
 * may have encrypted.
 *
 * @throws UserError if there is state but no passphrase, or a file cannot be read or is empty.
 */
export async function findPassphrase(
  env: Readonly<Record<string, string | undefined>>,
  out: string,
): Promise<PassphraseSource> {
  if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined) {
    return { environment: { PULUMI_CONFIG_PASSPHRASE: env["PULUMI_CONFIG_PASSPHRASE"] }, generated: undefined };
  }
  const named = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (named !== undefined && named !== "") {
    const words = await readFile(named, "utf8").catch((cause: unknown) => {
      throw new UserError(
        "EDGE-CLI-010",
        `PULUMI_CONFIG_PASSPHRASE_FILE names ${named}, which cannot be read`,
        "Name a file that this user may read, or unset the variable.",
        undefined,
        { cause },
      );
    });
    return { environment: fromFile(path.resolve(named), words), generated: undefined };
  }
  const file = path.join(out, "passphrase");
  if (existsSync(file)) return { environment: fromFile(file, await readFile(file, "utf8")), generated: undefined };
  if (existsSync(path.join(out, "state", ".pulumi", "stacks"))) {
    throw new UserError(
      "EDGE-CLI-011",
      `${out} holds stack state, but its passphrase is not there`,
      `Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or put ${file} back.`,
    );
  }
  await mkdir(out, { recursive: true });
  const made = await makeSecretFile(file, `${randomBytes(32).toString("base64url")}\n`);
  return { environment: fromFile(file, await readFile(file, "utf8")), generated: made ? file : undefined };
}

/** An empty file would encrypt with no passphrase at all, and nobody would notice. */
function fromFile(file: string, words: string): PassphraseSource["environment"] {
  if (words.trim() === "") {
    throw new UserError(
      "EDGE-CLI-015",
      `the passphrase file ${file} is empty`,
      "Put the passphrase back into it. If nothing was encrypted yet, remove the file and it is made again.",
    );
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}
