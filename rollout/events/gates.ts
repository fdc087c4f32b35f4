import type { GateAnswer } from "../gates/answer";

/** A gate is looked at from now on. A resumed driver starts it again, but its time counts from the first start. */
export interface GateStarted {
  readonly type: "gate-started";
  readonly site: string;
  readonly gate: string;
}

/** A gate's answer is another one than before. */
export interface GateAnswered {
  readonly type: "gate-answered";
  readonly site: string;
  readonly gate: string;
  readonly answer: GateAnswer["answer"];
  readonly detail: string;
}

export interface GateFinished {
  readonly type: "gate-finished";
  readonly site: string;
  readonly gate: string;
  readonly verdict: GateAnswer["answer"];
  /** For people. */
  readonly reason: string;
}

/** Somebody answers for a gate that has no answer of its own. */
export interface GateAccepted {
  readonly type: "gate-accepted";
  readonly site: string;
  readonly gate: string;
  readonly by: string;
}

/** A gate of a wave as a whole is looked at from now on; as `GateStarted`. */
export interface WaveGateStarted {
  readonly type: "wave-gate-started";
  readonly wave: string;
  readonly gate: string;
}

export interface WaveGateAnswered {
  readonly type: "wave-gate-answered";
  readonly wave: string;
  readonly gate: string;
  readonly answer: GateAnswer["answer"];
  readonly detail: string;
}

export interface WaveGateFinished {
  readonly type: "wave-gate-finished";
  readonly wave: string;
  readonly gate: string;
  readonly verdict: GateAnswer["answer"];
  /** For people. */
  readonly reason: string;
}

export interface WaveGateAccepted {
  readonly type: "wave-gate-accepted";
  readonly wave: string;
  readonly gate: string;
  readonly by: string;
}
