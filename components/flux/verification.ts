import type { Release, ResolvedSite } from "../../fleet/model";
import { ComponentArgumentError } from "../argumentError";

/** Whether Flux verifies the head of `deploy`. */
export type Verification =
  | { readonly required: true; readonly explanation: string; /** Of the Secret, by key. */ readonly data: SignerData }
  | { readonly required: false; readonly explanation: string };

type SignerData = Readonly<Record<string, string>>;

/** Only keys by their suffix are read as SSH's. */
const file = "edgewave.sshpub";

/** Flux 2.9 (source-controller 1.9) is the first that verifies SSH signatures; older ones know OpenPGP alone. */
const since = [2, 9] as const;

// Source: authorized_keys in sshd(8), without options.
const publicKey = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( [\x20-\x7e]*)?$/;

/**
 * Decides on `spec.verify` of the deploy repository.
 * @param signers public keys, in any order.
 * @throws ComponentArgumentError `EDGE-COMPONENT-020` for what is no public key
 */
export function verificationOf(
  site: Pick<ResolvedSite, "name">,
  release: Pick<Release, "components">,
  signers: readonly string[],
): Verification {
  const wrong = signers.filter((signer) => !publicKey.test(signer));
  if (wrong.length > 0) {
    throw new ComponentArgumentError(
      "EDGE-COMPONENT-020",
      "FluxBootstrap",
      `site ${site.name}, signers`,
      `${wrong.map((signer) => JSON.stringify(signer.slice(0, 60))).join(", ")} is no SSH public key`,
      'Give each as in a .pub file, on one line: "ssh-ed25519 AAAA... comment"',
    );
  }
  if (signers.length === 0) return { required: false, explanation: "off: no signing key is given" };
  const version = release.components["flux"] ?? "";
  if (!reads(version)) {
    const explanation = `off: Flux ${version} cannot verify SSH signatures; ${since.join(".")} and later can`;
    return { required: false, explanation };
  }
  const keys = [...new Set(signers)].sort();
  return {
    required: true,
    explanation: `on: the head of deploy must be signed by ${keys.length === 1 ? "the key" : `one of ${keys.length} keys`} given`,
    data: { [file]: keys.map((key) => `${key}\n`).join("") },
  };
}

function reads(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > since[0] || (major === since[0] && minor >= since[1]);
}
