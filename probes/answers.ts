import type { GateAnswer } from "../rollout/gates/answer";

export const pass = (detail: string): GateAnswer => ({ answer: "pass", detail });
export const fail = (detail: string): GateAnswer => ({ answer: "fail", detail });
export const inconclusive = (detail: string): GateAnswer => ({ answer: "inconclusive", detail });
