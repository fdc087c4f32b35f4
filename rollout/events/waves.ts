/** Somebody lets a wave start. */
export interface Approved {
  readonly type: "approved";
  readonly wave: string;
  /** Who: a login, or the principal of the signature. */
  readonly by: string;
  /** Milliseconds since the epoch; a wave that has not started by then needs another approval. */
  readonly expires?: number;
  /** Text and armoured SSH signature, so that anybody can check the approval without a link. */
  readonly signed?: { readonly text: string; readonly signature: string; readonly fingerprint: string };
}

export interface WaveStarted {
  readonly type: "wave-started";
  readonly wave: string;
}

export interface WaveFinished {
  readonly type: "wave-finished";
  readonly wave: string;
}

export interface SoakStarted {
  readonly type: "soak-started";
  readonly wave: string;
  /** Milliseconds since the epoch. A resumed driver keeps to it; the clock does not start anew. */
  readonly until: number;
}

export interface SoakFinished {
  readonly type: "soak-finished";
  readonly wave: string;
}
