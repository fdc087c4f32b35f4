import { randomBytes } from "node:crypto";
import { armor, Decrypter, Encrypter } from "age-encryption";
import { parse } from "yaml";
import { yamlText } from "../../components/file/yamlText";
import { boundTo, decryptValue, digestOf, encryptValue, isSealed, mapLeaves, NotAuthentic, type Node } from "./format";

/** The values of these fields are encrypted; what names a Secret stays readable, as Flux needs it. */
const encryptedRegex = "^(data|stringData)$";

/** The SOPS version whose form this is; SOPS refuses files of a version that is newer than its own. */
const version = "3.9.0";

/** A Secret's manifest; what `stringData` holds is in clear. */
export interface SecretObject {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type?: string;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

interface SopsMetadata {
  readonly age: readonly { readonly recipient: string; readonly enc: string }[];
  readonly lastmodified: string;
  readonly mac: string;
  readonly encrypted_regex: string;
  readonly version: string;
}

/** A Secret with its values encrypted, and how. */
export type SealedSecret = SecretObject & { readonly sops: SopsMetadata };

/**
 * Encrypts a Secret as `sops --encrypt --age RECIPIENT --encrypted-regex '^(data|stringData)$'` does, without it. Two
 * calls never give the same text: keep what was sealed, so that it can be left as it is.
 * @param recipient the public key of the one that may read it, `age1...`.
 * @param at what SOPS says the file was last changed.
 */
export async function sealSecret(secret: SecretObject, recipient: string, at: Date): Promise<SealedSecret> {
  const key = randomBytes(32);
  const lastmodified = at.toISOString().replace(/\.\d{3}Z$/, "Z");
  const sealed = mapLeaves(secret, (value, path) => {
    // SOPS leaves an empty text as it is.
    return isEncrypted(path) && value !== "" ? encryptValue(value, key, boundTo(path)) : value;
  });
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const enc = armor.encode(await encrypter.encrypt(key));
  const mac = encryptValue(digestOf(secret), key, lastmodified);
  const age = [{ recipient, enc: enc.endsWith("\n") ? enc : `${enc}\n` }];
  const sops: SopsMetadata = { age, lastmodified, mac, encrypted_regex: encryptedRegex, version };
  return { ...(sealed as SecretObject), sops };
}

/**
 * Opens what `sealSecret` or SOPS has written.
 * @param identity `AGE-SECRET-KEY-1...`
 * @throws NotAuthentic if it is not for this identity, or if anything in it was changed.
 */
export async function openSecret(sealed: SealedSecret, identity: string): Promise<SecretObject> {
  const { sops, ...document } = sealed;
  const key = await dataKey(sops, identity);
  const clear = mapLeaves(document, (value, path) => {
    return isEncrypted(path) && isSealed(value) ? decryptValue(String(value), key, boundTo(path)) : value;
  });
  if (decryptValue(sops.mac, key, sops.lastmodified) !== digestOf(clear)) {
    throw new NotAuthentic("the document was changed after it was encrypted");
  }
  return clear as SecretObject;
}

async function dataKey({ age }: SopsMetadata, identity: string): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  for (const { enc } of age) {
    try {
      return Buffer.from(await decrypter.decrypt(armor.decode(enc)));
    } catch {
      // For somebody else; the next one may be for us.
    }
  }
  throw new NotAuthentic("it is not encrypted for this key");
}

/** Whether SOPS encrypts what is at a path: any part of it is one of the fields. */
export function isEncrypted(path: readonly string[]): boolean {
  return path.some((part) => part === "data" || part === "stringData");
}

/** A sealed Secret as a file. */
export function sealedText(sealed: SealedSecret): string {
  return yamlText(sealed);
}

/** Reads what `sealedText` wrote. */
export function readSealed(text: string): SealedSecret {
  return parse(text) as SealedSecret;
}

export type { Node };
