import type { SigningKey } from "../../signing/key";
import { signSsh, verifySsh } from "../../signing/sshsig";

/** Keeps a signature over a commit from passing for one over anything else; Git's is fixed. */
const namespace = "git";
/** Header of a commit that holds its signature, whatever made it. Source: gitformat-signature(5). */
const header = "gpgsig ";

/**
 * Adds a signature over the whole of a commit object to it, as the last header, where `git commit -S` puts it.
 * @param content of a commit without a signature: headers, an empty line, the message.
 */
export function signedCommit(content: Buffer, key: SigningKey): Buffer {
  const end = content.indexOf("\n\n");
  if (end === -1) throw new Error("A commit object has an empty line after its headers; this one has none.");
  // A header goes on in lines that begin with a space.
  const value = signSsh(content, key, namespace).trimEnd().replaceAll("\n", "\n ");
  return Buffer.concat([content.subarray(0, end + 1), Buffer.from(`${header}${value}\n`), content.subarray(end + 1)]);
}

/** Whether a commit object has a signature of any kind. */
export function isSigned(content: Buffer): boolean {
  return parted(content) !== undefined;
}

/** Whether a commit object is signed, rightly, by this key. */
export function isSignedBy(content: Buffer, key: Pick<SigningKey, "publicBlob">): boolean {
  const parts = parted(content);
  return parts !== undefined && verifySsh(parts.payload, parts.signature, key.publicBlob, namespace);
}

/** A commit's signature, and the commit as it was signed; undefined if it is not signed. */
function parted(content: Buffer): { payload: Buffer; signature: string } | undefined {
  const headers = content.indexOf("\n\n");
  const before = content.indexOf(`\n${header}`);
  if (before === -1 || headers === -1 || before > headers) return undefined;
  const start = before + 1;
  let end = content.indexOf("\n", start);
  while (content[end + 1] === space) end = content.indexOf("\n", end + 1);
  const signature = content
    .subarray(start + header.length, end)
    .toString("latin1")
    .replaceAll("\n ", "\n");
  return { payload: Buffer.concat([content.subarray(0, start), content.subarray(end + 1)]), signature };
}

const space = " ".charCodeAt(0);
