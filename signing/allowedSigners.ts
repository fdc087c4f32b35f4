import { type PublicKey, readPublicKey, UnusablePublicKey } from "./publicKey";
import { readSignerOptions, UnusableOption } from "./signerOptions";

/** A line of an `allowed_signers` file: who may sign what, and when. */
export interface AllowedSigner {
  /** Patterns with `*`, `?` and, after a `!`, negation; separated by commas. */
  readonly principals: string;
  readonly key: PublicKey;
  /** Patterns of namespaces; undefined is every one. */
  readonly namespaces: string | undefined;
  /** Milliseconds since the epoch, inclusive. */
  readonly validAfter: number | undefined;
  /** Milliseconds since the epoch, inclusive. */
  readonly validBefore: number | undefined;
  /** From 1. */
  readonly line: number;
}

export interface SignersFault {
  /** From 1. */
  readonly line: number;
  /** For people; as the end of a sentence that the line begins. */
  readonly why: string;
}

export interface AllowedSigners {
  readonly signers: readonly AllowedSigner[];
  /** Lines that cannot be used; ssh-keygen skips some of them in silence. */
  readonly faults: readonly SignersFault[];
}

/**
 * Reads the file that says whose signatures count. Source: ssh-keygen(1), ALLOWED SIGNERS. Certificate authorities and
 * keys on security keys are refused by name. Times without a Z are in the time zone of this machine, as there.
 */
export function readAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const faults: SignersFault[] = [];
  for (const [index, written] of text.split("\n").entries()) {
    const line = index + 1;
    const content = written.trim();
    if (content === "" || content.startsWith("#")) continue;
    try {
      signers.push(readLine(content, line));
    } catch (error) {
      if (!(error instanceof Fault || error instanceof UnusableOption || error instanceof UnusablePublicKey))
        throw error;
      faults.push({
        line,
        why: error instanceof UnusablePublicKey ? `names a key that ${error.message}` : error.message,
      });
    }
  }
  return { signers, faults };
}

class Fault extends Error {
  override readonly name = "Fault";
}

function readLine(content: string, line: number): AllowedSigner {
  const [principals, afterPrincipals] = takePrincipals(content);
  const keyFirst = readKey(afterPrincipals);
  if (keyFirst !== undefined) return { principals, key: keyFirst, ...readSignerOptions(""), line };
  const [options, afterOptions] = takeOptions(afterPrincipals);
  const key = readKey(afterOptions);
  if (key === undefined) {
    throw new Fault("has no key; a line is: principals, options if there are any, type of key, key in base64");
  }
  return { principals, key, ...readSignerOptions(options), line };
}

function takePrincipals(content: string): readonly [string, string] {
  const [, quoted, bare, rest = ""] = /^(?:"([^"]*)"|([^\s"]+))(?:\s+(.*))?$/.exec(content) ?? [];
  const principals = quoted ?? bare;
  if (principals === undefined)
    throw new Fault("does not begin with principals: a quote in them is not closed or not first");
  if (principals.split(",").some((pattern) => /^!?$/.test(pattern))) throw new Fault("has an empty principal");
  return [principals, rest];
}

/** Options have no spaces outside of their quotes, in which a quote is written as `\"`. */
function takeOptions(text: string): readonly [string, string] {
  const [, options, rest = ""] = /^((?:[^\s"]|"(?:[^"\\]|\\.)*")+)(?:\s+(.*))?$/.exec(text) ?? [];
  if (options === undefined) throw new Fault("has options in which a quote is not closed, or no key");
  return [options, rest];
}

/** Undefined if it does not begin with the type of a key. */
function readKey(text: string): PublicKey | undefined {
  const [, type, base64 = ""] = /^((?:ssh|ecdsa|sk)-[\w@.-]+)(?:\s+(\S+))?/.exec(text) ?? [];
  if (type === undefined) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new UnusablePublicKey("is not in base64");
  const key = readPublicKey(Buffer.from(base64, "base64"));
  if (key.type !== type) throw new UnusablePublicKey(`is of the type ${key.type} and is called ${type}`);
  return key;
}
