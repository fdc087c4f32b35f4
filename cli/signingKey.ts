import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { generateSigningKey, readSigningKey, type SigningKey } from "../signing/key";
import { allowedSigners, findSignedRepository } from "../gitops/signing/signers";
import { UnusableKey } from "../signing/unusableKey";
import { ifThere } from "../rollout/runner/ifThere";
import { makeSecretFile } from "./secretFile";
import { UserError } from "./userError";

/** The key that signs releases, and where it came from. */
export interface SigningKeySource {
  readonly key: SigningKey;
  /** Absolute. */
  readonly file: string;
  /** Whether this call made it. */
  readonly generated: boolean;
}

/** Beside the key that edgewave makes. */
const keyName = "signing-key";
const signersName = "allowed_signers";

/**
 * Finds the key that signs releases: the named file, else `<out>/signing-key`, which is made (Ed25519 in OpenSSH's form,
 * readable by its owner alone) when nothing in `<out>/git` is signed yet. Writes `<out>/allowed_signers`, by which
 * `git verify-commit` knows the key, and `<out>/signing-key.pub` beside a key that edgewave keeps.
 * @param named by `--signing-key` or `EDGEWAVE_SIGNING_KEY_FILE`; relative to `cwd`.
 * @param out absolute.
 * @throws UserError if the key cannot be read or used, or is gone while commits signed by it are there.
 */
export async function findSigningKey(named: string | undefined, cwd: string, out: string): Promise<SigningKeySource> {
  const source =
    named === undefined || named === "" ? await keptKey(out) : await readNamedKey(path.resolve(cwd, named));
  await mkdir(out, { recursive: true });
  await writeIfChanged(path.join(out, signersName), allowedSigners(source.key));
  if (source.file === path.join(out, keyName)) await writeIfChanged(`${source.file}.pub`, `${source.key.publicKey}\n`);
  return source;
}

/**
 * The public keys that the sites of an output folder trust releases by, as the last command that signed left them; none
 * where nothing was signed yet. Makes nothing.
 * @param out absolute.
 */
export async function trustedKeys(out: string): Promise<string[]> {
  const text = (await readIfThere(path.join(out, signersName))) ?? "";
  return [...text.matchAll(/^\S+ namespaces="git" (.+)$/gm)].map(([, key = ""]) => key);
}

/** A key of the person's own. @param file absolute. @throws UserError if it cannot be read or used. */
export async function readNamedKey(file: string): Promise<SigningKeySource> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UserError(
      "EDGE-CLI-012",
      `the signing key ${file} cannot be read`,
      "Name a file that this user may read by --signing-key or EDGEWAVE_SIGNING_KEY_FILE, or leave both out.",
      undefined,
      { cause },
    );
  });
  return { key: usableKey(text, file), file, generated: false };
}

async function keptKey(out: string): Promise<SigningKeySource> {
  const file = path.join(out, keyName);
  const kept = await readIfThere(file);
  if (kept !== undefined) return { key: usableKey(kept, file), file, generated: false };
  const signed = await findSignedRepository(path.join(out, "git"));
  if (signed !== undefined) {
    throw new UserError(
      "EDGE-CLI-014",
      `${signed} holds signed commits, but the key that signed them is not there`,
      `Put ${file} back, or name the key by --signing-key or EDGEWAVE_SIGNING_KEY_FILE. If it is lost, make a new one ` +
        `with: ssh-keygen -t ed25519 -N '' -f ${file} (every release is then signed anew, and every site run again).`,
    );
  }
  await mkdir(out, { recursive: true });
  const generated = await makeSecretFile(file, generateSigningKey(`edgewave ${path.basename(out)}`));
  return { key: usableKey(await readFile(file, "utf8"), file), file, generated };
}

function usableKey(text: string, file: string): SigningKey {
  try {
    return readSigningKey(text, file);
  } catch (error) {
    if (!(error instanceof UnusableKey)) throw error;
    throw new UserError("EDGE-CLI-013", `the signing key ${file} ${error.problem}`, error.hint, undefined, {
      cause: error,
    });
  }
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  if ((await readIfThere(file)) !== text) await writeFileAtomic(file, text);
}

function readIfThere(file: string): Promise<string | undefined> {
  return ifThere(() => readFile(file, "utf8"));
}
