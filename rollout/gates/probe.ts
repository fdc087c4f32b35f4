import type { Gate, WaveGate } from "../../fleet/gates";
import type { Fleet, ResolvedSite } from "../../fleet/model";
import type { GateAnswer } from "./answer";

/** Asks gates their question. The driver knows no Kubernetes; this is all that it asks for. Implemented in `probes/`. */
export interface GateProbe {
  /**
   * Asks once. Any number of calls may be under way at once. An error that it throws is an inconclusive answer; once
   * the signal is aborted nobody waits for it any more, and it should end what it has begun.
   */
  check(request: GateRequest, signal: AbortSignal): Promise<GateAnswer>;
  /** The same of a wave as a whole. */
  checkWave(request: WaveGateRequest, signal: AbortSignal): Promise<GateAnswer>;
}

export interface GateRequest {
  readonly gate: Gate;
  readonly site: ResolvedSite;
  /** Name of the release that the site was brought to. */
  readonly release: string;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** Full id of the commit that the site's branch `deploy` was moved to; undefined if nothing was promoted. */
  readonly commit: string | undefined;
  /** When the site was last changed, in milliseconds since the epoch; undefined if that is not known. */
  readonly changedAt: number | undefined;
}

export interface WaveGateRequest {
  readonly gate: WaveGate;
  readonly rollout: string;
  readonly wave: string;
  /** Names of the wave's sites that are at the release; at least one. */
  readonly sites: readonly string[];
  readonly release: string;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
}
