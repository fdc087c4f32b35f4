import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Approval, approvalText } from "../../rollout/approvals/approvalText";
import { planHash } from "../../rollout/approvals/planHash";
import { signApproval, verifyApproval } from "../../rollout/approvals/verifyApproval";
import type { RolloutRequest } from "../../rollout/requests";
import type { RolloutState } from "../../rollout/state";
import { type AllowedSigner, readAllowedSigners } from "../../signing/allowedSigners";
import type { SigningKey } from "../../signing/key";
import { UserError } from "../userError";

/** Who may approve: OpenSSH's `allowed_signers` form, beside fleet.yaml. */
export const approversFile = "approvers";

/** How long an approval holds unless it says otherwise, in seconds. */
export const approvalSeconds = 86_400;

type ApproveWave = Extract<RolloutRequest, { readonly type: "approve-wave" }>;
type Signed = NonNullable<ApproveWave["signed"]>;

/** What is signed to let a wave start. @param expires milliseconds since the epoch; rounded down to a second. */
export function approvalFor(state: RolloutState, wave: string, expires: number): Approval {
  const { fleet, rollout, run, release, plan } = state;
  return {
    fleet,
    rollout,
    run,
    release,
    wave,
    planHash: planHash(plan),
    expires: Math.floor(expires / 1000) * 1000,
  };
}

/** An approval with a signature by this process. */
export function signedHere(approval: Approval, key: SigningKey): Pick<Signed, "text" | "signature"> {
  return { text: approvalText(approval), signature: signApproval(approval, key) };
}

/** @param file absolute; beside fleet.yaml by default. @throws UserError EDGE-CLI-042 if the file is missing or a line of it cannot be used. */
export async function readApprovers(
  fleetFolder: string,
  file = path.join(fleetFolder, approversFile),
): Promise<readonly AllowedSigner[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const hint = "Write one line a person, as ssh-keygen(1) has it under ALLOWED SIGNERS: NAME KEYTYPE KEY.";
    throw new UserError("EDGE-CLI-042", `${file} cannot be read, so nobody may approve`, hint, undefined, { cause });
  }
  const { signers, faults } = readAllowedSigners(text);
  if (faults.length > 0) {
    const lines = faults.map(({ line, why }) => `${file}:${line} ${why}`).join("\n");
    throw new UserError("EDGE-CLI-042", `lines of the approvers cannot be used:\n${lines}`, "Correct or remove them.");
  }
  return signers;
}

/**
 * Checks the signature of an approval and makes its signer the one who approves.
 * @returns the request as it may be carried out, or why not.
 */
export function verified(
  state: RolloutState,
  request: ApproveWave,
  allowedSigners: readonly AllowedSigner[],
  now: number,
): ApproveWave | { readonly refused: string } {
  if (request.signed === undefined) return request;
  const { expires: _, ...expected } = approvalFor(state, request.wave, 0);
  const result = verifyApproval({ ...request.signed, allowedSigners, expected, now });
  if (!result.accepted) return { refused: result.why };
  const { principal, keyFingerprint, approval } = result;
  const signed = { ...request.signed, fingerprint: keyFingerprint };
  return { ...request, by: principal, expires: approval.expires, signed };
}

/** Verifies what other processes ask of a driver: nobody gets past it by writing into the ledger. */
export function verifier(fleetFolder: string) {
  return async (
    state: RolloutState,
    request: RolloutRequest,
  ): Promise<RolloutRequest | { readonly refused: string }> => {
    if (request.type !== "approve-wave" || request.signed === undefined) return request;
    try {
      return verified(state, request, await readApprovers(fleetFolder), Date.now());
    } catch (error) {
      if (error instanceof UserError) return { refused: error.message };
      throw error;
    }
  };
}
