import type { AllowedSigner } from "../../signing/allowedSigners";
import type { Approved, RolloutEvent, RolloutStarted, WaveStarted } from "../events";
import type { ChainedRow } from "../ledger/chain";
import { recorded } from "../ledger/statements";
import type { LedgerFinding } from "../ledger/verify";
import { planHash } from "./planHash";
import { verifyApproval } from "./verifyApproval";

/** What a run says before its approvals come. */
interface Run {
  readonly start: RolloutStarted;
  readonly planHash: string;
  /** By wave: who approved by a signature that counts, and until when. */
  readonly accepted: Map<string, { readonly by: string; readonly expires: number }[]>;
}

/**
 * Checks again, from the record alone, every signed approval of a ledger as of the time at which it was recorded: that
 * somebody who may approve signed it for this run, plan and wave, that the record says who that was, and that no wave
 * that needs signed approvals was started without them. A key that was listed for that time counts.
 */
export class ApprovalAudit {
  private readonly runs = new Map<string, Run>();
  private readonly found: LedgerFinding[] = [];
  private signed = 0;

  /**
   * @param approvers who may approve; or why nobody is known, as the end of a sentence, which is a finding wherever an
   *   approval is signed.
   */
  constructor(private readonly approvers: readonly AllowedSigner[] | { readonly unknown: string }) {}

  /** Rows of a run come in their order. Whatever is wrong with a row itself is for the chain's check to tell. */
  readonly take = (row: ChainedRow): void => {
    if (row.type !== "rollout-started" && row.type !== "approved" && row.type !== "wave-started") return;
    const event = eventIn(row);
    if (event?.type === "rollout-started") {
      this.runs.set(row.run, { start: event, planHash: planHash(event.plan), accepted: new Map() });
    } else if (event?.type === "approved") this.approved(row, event);
    else if (event?.type === "wave-started") this.waveStarted(row, event);
  };

  /** Approvals with a signature that were looked at. */
  get checked(): number {
    return this.signed;
  }

  /** Everything that is wrong, in order of rows. */
  get findings(): readonly LedgerFinding[] {
    return this.found;
  }

  private approved(row: ChainedRow, event: Approved): void {
    if (event.signed === undefined) return;
    this.signed += 1;
    const run = this.runs.get(row.run);
    const what = `the approval of wave ${event.wave}`;
    if (run === undefined) return this.find(row, `${what} comes before the start of its run`);
    if ("unknown" in this.approvers) return this.find(row, `${what} cannot be checked: ${this.approvers.unknown}`);
    const { fleet, rollout, release } = run.start;
    const result = verifyApproval({
      ...event.signed,
      allowedSigners: this.approvers,
      expected: { fleet, rollout, release, run: row.run, wave: event.wave, planHash: run.planHash },
      now: row.at,
    });
    if (!result.accepted) return this.find(row, `${what} does not count: ${result.why}`);
    const { principal, keyFingerprint, approval } = result;
    if (event.by !== principal) this.find(row, `${what} is recorded as by ${event.by}, and ${principal} signed it`);
    else if (event.signed.fingerprint !== keyFingerprint) {
      this.find(row, `${what} is recorded with the key ${event.signed.fingerprint}, and ${keyFingerprint} signed it`);
    } else if (event.expires !== approval.expires) {
      this.find(row, `${what} is recorded with another expiry than the one that was signed`);
    } else {
      const known = run.accepted.get(event.wave) ?? [];
      run.accepted.set(event.wave, [...known, { by: principal, expires: approval.expires }]);
    }
  }

  private waveStarted(row: ChainedRow, { wave }: WaveStarted): void {
    const run = this.runs.get(row.run);
    const approval = run?.start.plan.waves.find(({ name }) => name === wave)?.approval;
    if (run === undefined || approval?.signed !== true || "unknown" in this.approvers) return;
    const valid = (run.accepted.get(wave) ?? []).filter(({ expires }) => row.at < expires);
    const people = new Set(valid.map(({ by }) => by)).size;
    if (people >= approval.count) return;
    this.find(row, `wave ${wave} was started with ${people} of ${approval.count} signed approvals that count`);
  }

  private find({ run, sequence }: ChainedRow, why: string): void {
    this.found.push({ run, sequence, why });
  }
}

/** Undefined if it cannot be read. */
function eventIn(row: ChainedRow): RolloutEvent | undefined {
  try {
    return recorded(row).event;
  } catch {
    return undefined;
  }
}
