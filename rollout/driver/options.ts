import type { Fleet, Release, Rollout } from "../../fleet/model";
import type { Clock } from "../clock";
import type { RecordedEvent } from "../events";
import type { GateProbe } from "../gates/probe";
import type { Ledger } from "../ledger/ledger";
import type { Plan } from "../plan";
import type { PreStager } from "../preStage";
import type { Promoter } from "../promoter";
import type { RolloutRequest } from "../requests";
import type { StackRunner } from "../stackRunner";
import type { RolloutState } from "../state";

/** What a driver works with. */
export interface RolloutRun {
  readonly fleet: Fleet;
  readonly release: Release;
  readonly rollout: Rollout;
  /** From `planWaves`; it is frozen when the run starts. */
  readonly plan: Plan;
  /** Public keys that the sites trust releases by; see `RunRequest`. */
  readonly signers: readonly string[];
  /** See `programDigest`. */
  readonly programDigest: string;
  readonly runner: StackRunner;
  readonly promoter: Promoter;
  /** Asked where a wave has gates; without it they are inconclusive. */
  readonly probe?: GateProbe;
  /** Asked where the plan wants content proven present; without it no site of such a plan starts. */
  readonly preStager?: PreStager;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Milliseconds between two looks at what other processes ask; undefined never looks. */
  readonly requestsEvery?: number;
  /** Checks what another process asks before it is carried out, such as the signature of an approval. */
  readonly verify?: (
    state: RolloutState,
    request: RolloutRequest,
  ) => Promise<RolloutRequest | { readonly refused: string }>;
  /** Aborted to stop: nothing more is started, running sites are asked to stop and waited for. */
  readonly signal?: AbortSignal;
  /** Aborted to return at once. Sites that are still running stay in the ledger as running; a resume repeats them. */
  readonly hardSignal?: AbortSignal;
  /** Called once the lease is held, before anything is recorded; what it throws ends the run. */
  readonly prepare?: () => Promise<void>;
  /** Told of each event after it is in the ledger; of a resumed run, only of what is new. */
  readonly onEvent?: (recorded: RecordedEvent, state: RolloutState) => void;
  /** Resources that a running site has done so far. */
  readonly onProgress?: (site: string, resources: number, doing?: string) => void;
  /** Why a started site waits for this machine, such as for memory; undefined once it goes on. */
  readonly onWaiting?: (site: string, reason: string | undefined) => void;
}
