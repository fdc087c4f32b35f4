import { readFile } from "node:fs/promises";

import { EngineError, RefusedError } from "../errors";
import type { Json, SecretCodec } from "../property/checkpoint";
import type { Secret } from "../property/value";
import type { Crypter } from "./passphrase";
import { crypterOf } from "./passphrase";

/** The environment of a command; `undefined` values are absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a stack keeps its secrets, as the checkpoint's `secrets_providers` says. */
export interface SecretsProvider {
  readonly type: "passphrase";
  readonly salt: string;
}

/**
 * The passphrase from `PULUMI_CONFIG_PASSPHRASE` or the file that `PULUMI_CONFIG_PASSPHRASE_FILE` names.
 *
 * @throws if there is neither.
 */
export async function readPassphrase(env: Environment): Promise<string> {
  const direct = env["PULUMI_CONFIG_PASSPHRASE"];
  if (direct !== undefined) {
    return direct;
  }
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (file !== undefined && file !== "") {
    try {
      return (await readFile(file, "utf8")).trim();
    } catch (cause) {
      throw new EngineError(`reading the file that PULUMI_CONFIG_PASSPHRASE_FILE names: ${String(cause)}`, { cause });
    }
  }
  throw new EngineError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
}

/** @throws if the secrets are kept in any other way than by passphrase. */
export function secretsProviderOf(json: Json | undefined): SecretsProvider | undefined {
  if (json === undefined || json === null) {
    return undefined;
  }
  const { type, state } = json as { type?: Json; state?: { salt?: Json } };
  if (type !== "passphrase") {
    throw new RefusedError(
      `the secrets provider '${String(type)}'`,
      "only passphrase secrets work without the official CLI",
    );
  }
  if (typeof state?.salt !== "string") {
    throw new EngineError("the state names a passphrase secrets provider without a salt");
  }
  return { type, salt: state.salt };
}

/** Writes secrets encrypted, and keeps the cipher text of those that it has read. */
export class EncryptingCodec implements SecretCodec {
  // An unchanged secret keeps its cipher text, so that an unchanged resource keeps its bytes.
  private readonly known = new WeakMap<Secret, { readonly plaintext: string; readonly ciphertext: string }>();

  constructor(private readonly crypter: Crypter) {}

  static async create(env: Environment, provider: SecretsProvider): Promise<EncryptingCodec> {
    return new EncryptingCodec(await crypterOf(await readPassphrase(env), provider.salt));
  }

  write(plaintext: string, secret: Secret): Record<string, string> {
    const known = this.known.get(secret);
    if (known?.plaintext === plaintext) {
      return { ciphertext: known.ciphertext };
    }
    const ciphertext = this.crypter.encrypt(plaintext);
    this.known.set(secret, { plaintext, ciphertext });
    return { ciphertext };
  }

  read(fields: { readonly [key: string]: Json }): string {
    if (typeof fields["plaintext"] === "string") {
      return fields["plaintext"];
    }
    if (typeof fields["ciphertext"] !== "string") {
      throw new EngineError("a secret in the state has neither ciphertext nor plaintext");
    }
    return this.crypter.decrypt(fields["ciphertext"]);
  }

  remember(secret: Secret, plaintext: string, fields: { readonly [key: string]: Json }): void {
    if (typeof fields["ciphertext"] === "string") {
      this.known.set(secret, { plaintext, ciphertext: fields["ciphertext"] });
    }
  }
}

/** Writes secrets as they are, for `stack export --show-secrets`. It reads nothing. */
export const plaintextCodec: SecretCodec = {
  write: (plaintext) => ({ plaintext }),
  read: () => {
    throw new EngineError("a plain text codec cannot read secrets");
  },
  remember: () => undefined,
};

/** Writes secrets as `[secret]`, for events and displays. It reads nothing. */
export const maskingCodec: SecretCodec = {
  write: () => ({ ciphertext: "[secret]" }),
  read: () => {
    throw new EngineError("a masking codec cannot read secrets");
  },
  remember: () => undefined,
};
