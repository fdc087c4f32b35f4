import type { AllowedSigner } from "../../signing/allowedSigners";
import type { SigningKey } from "../../signing/key";
import { matchesPatternList } from "../../signing/patternList";
import { fingerprintOf } from "../../signing/publicKey";
import { isSignatureOver, readSshSignature, signSsh } from "../../signing/sshsig";
import { type Approval, approvalText, parseApproval } from "./approvalText";

/** Of signatures over approvals: one over a commit, or over anything else, is no approval. */
export const approvalNamespace = "edgewave-approval";

export type ApprovalResult =
  | {
      readonly accepted: true;
      readonly approval: Approval;
      /** Who signed: the asked identity, or the patterns that the key is listed under. */
      readonly principal: string;
      /** As `ssh-keygen -l` shows it. */
      readonly keyFingerprint: string;
    }
  | {
      readonly accepted: false;
      readonly reason: ApprovalFault;
      /** For people; whole sentences: what is wrong, and what to do. */
      readonly why: string;
    };

export type ApprovalFault =
  | "no-approval"
  | "no-signature"
  | "wrong-namespace"
  | "unknown-key"
  | "revoked-key"
  | "key-not-valid-yet"
  | "key-not-valid-any-more"
  | "not-for-approvals"
  | "other-principal"
  | "bad-signature"
  | "expired"
  | "other-subject";

export interface ApprovalCheck {
  /** As it was signed, byte by byte. */
  readonly text: string;
  /** Armoured, as `ssh-keygen -Y sign -n edgewave-approval` writes it. */
  readonly signature: string;
  readonly allowedSigners: readonly AllowedSigner[];
  /** Fingerprints of keys that count no more, whatever else is said of them. */
  readonly revoked?: ReadonlySet<string>;
  readonly namespace?: string;
  /** Who is said to have signed; the key has to be listed for that one then. */
  readonly principal?: string;
  /** What has to be approved: a signature for one wave is none for the next. */
  readonly expected?: Partial<Omit<Approval, "expires">>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Signs an approval, to be verified here or by `ssh-keygen -Y verify`. @returns the armoured signature. */
export function signApproval(approval: Approval, key: SigningKey): string {
  return signSsh(Buffer.from(approvalText(approval)), key, approvalNamespace);
}

/** Whether a signed approval counts. Pure: it asks nobody, so it works without any network. */
export function verifyApproval(check: ApprovalCheck): ApprovalResult {
  const { text, now, namespace = approvalNamespace, expected = {} } = check;
  const signature = readSshSignature(check.signature);
  if (signature === undefined) {
    return refused(
      "no-signature",
      "There is no SSH signature. Sign with: ssh-keygen -Y sign -n " + `${namespace} -f KEY FILE`,
    );
  }
  if (signature.namespace !== namespace) {
    return refused(
      "wrong-namespace",
      `The signature is for ${JSON.stringify(signature.namespace.slice(0, 60))} and not for ${namespace}. ` +
        `Sign with: ssh-keygen -Y sign -n ${namespace}`,
    );
  }
  const signer = signerOf(check, signature.publicBlob, namespace);
  if ("accepted" in signer) return signer;
  if (!isSignatureOver(Buffer.from(text), signature, signer.key)) {
    return refused(
      "bad-signature",
      "The text is not what was signed. Get the text and its signature anew from who approved.",
    );
  }
  // Only what is signed rightly is worth to be read.
  const approval = parseApproval(text);
  if (approval === undefined) {
    return refused(
      "no-approval",
      "What was signed is no approval that this version knows. Sign the text that edgewave gives.",
    );
  }
  if (now >= approval.expires) {
    return refused(
      "expired",
      `The approval expired at ${new Date(approval.expires).toISOString()}. Ask for a new one.`,
    );
  }
  for (const [key, value] of Object.entries(expected)) {
    const found = approval[key as keyof Approval];
    if (value !== undefined && found !== value) {
      return refused(
        "other-subject",
        `The approval is for ${key} ${found}, and ${value} is asked for. Ask for one of that.`,
      );
    }
  }
  return {
    accepted: true,
    approval,
    principal: check.principal ?? signer.principals,
    keyFingerprint: signer.key.fingerprint,
  };
}

type Refusal = Extract<ApprovalResult, { accepted: false }>;

/** The first line that lets the key sign, or why the last one does not. */
function signerOf(check: ApprovalCheck, publicBlob: Buffer, namespace: string): AllowedSigner | Refusal {
  const fingerprint = fingerprintOf(publicBlob);
  if (check.revoked?.has(fingerprint) === true) {
    return refused("revoked-key", `The key ${fingerprint} is revoked. Have it signed by another one.`);
  }
  let refusal = refused(
    "unknown-key",
    `Nobody who may approve has the key ${fingerprint}. Have it signed by one of the allowed signers, or list the key.`,
  );
  for (const signer of check.allowedSigners) {
    if (!signer.key.blob.equals(publicBlob)) continue;
    const why = lineRefusal(signer, check, namespace);
    if (why === undefined) return signer;
    refusal = why;
  }
  return refusal;
}

function lineRefusal(signer: AllowedSigner, { principal, now }: ApprovalCheck, namespace: string): Refusal | undefined {
  const who = `The key ${signer.key.fingerprint} of ${signer.principals} (line ${signer.line} of the allowed signers)`;
  if (signer.namespaces !== undefined && !matchesPatternList(namespace, signer.namespaces)) {
    return refused("not-for-approvals", `${who} is not for the namespace ${namespace}. Add it there if it should be.`);
  }
  if (principal !== undefined && !matchesPatternList(principal, signer.principals)) {
    return refused("other-principal", `${who} is not the key of ${principal}. Have it signed by ${principal}.`);
  }
  if (signer.validAfter !== undefined && now < signer.validAfter) {
    const from = new Date(signer.validAfter).toISOString();
    return refused("key-not-valid-yet", `${who} is valid from ${from} on. Wait, or have it signed by another one.`);
  }
  // Inclusive and in whole seconds, as ssh-keygen counts.
  if (signer.validBefore !== undefined && Math.floor(now / 1000) > signer.validBefore / 1000) {
    const to = new Date(signer.validBefore).toISOString();
    return refused("key-not-valid-any-more", `${who} was valid until ${to}. Have it signed by another one.`);
  }
  return undefined;
}

function refused(reason: ApprovalFault, why: string): Refusal {
  return { accepted: false, reason, why };
}
