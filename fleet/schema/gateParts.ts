import { z } from "zod";
import { type GateScope, placeholderProblem } from "../placeholders";
import { text, type FormatName } from "./formats";
import { durationSeconds } from "./quantity";

/** A text in which placeholders of that scope may stand. */
export const template = (name: FormatName, scope: GateScope) =>
  text(name).superRefine((written, context) => {
    const problem = placeholderProblem(written, scope);
    if (problem !== undefined) context.addIssue(problem);
  });

export const duration = (least: number, most: number, words: string) =>
  durationSeconds.refine((seconds) => seconds >= least && seconds <= most, { error: `must be ${words}` });

const count = z.int().min(1).max(1000);

/** A site's outage is a year at most; nothing is waited for longer. */
export const longestWait = 366 * 86_400;

export const gateName = text("edgewave-dns-label").optional().describe("What reports call it; the type by default.");
export const timing = {
  name: gateName,
  interval: duration(1, 86_400, 'at least "1s" and at most "1d"')
    .optional()
    .describe("From the end of one check to the next; 10s by default."),
  timeout: duration(1, longestWait, 'at least "1s" and at most "366d"')
    .optional()
    .describe("By when there is a verdict; 10m by default."),
  passes: count.optional().describe("Passes in a row that are asked for; 1 by default."),
  failures: count
    .optional()
    .describe("Fails in a row that are final; 3 by default, and none before the timeout for nodesReady and fluxReady."),
  onInconclusive: z
    .enum(["hold", "fail", "pass"])
    .optional()
    .describe("What happens when there is neither a pass nor a fail by the timeout; as the rollout says by default."),
};

interface Timed {
  readonly type: string;
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly passes?: number | undefined;
}

/** A gate of which nobody could ever see the passes that it asks for is a mistake. */
export function timesFit(gate: Timed, context: z.core.$RefinementCtx): void {
  const { interval = gateDefaults.interval, timeout = gateDefaults.timeout, passes = gateDefaults.passes } = gate;
  if ((passes - 1) * interval <= timeout) return;
  const message = `cannot be had: ${passes} passes every ${interval} s take longer than the timeout of ${timeout} s`;
  context.addIssue({ code: "custom", path: ["passes"], message });
}

/** What a gate has that does not say otherwise, in seconds and numbers. */
export const gateDefaults = { interval: 10, timeout: 600, passes: 1, failures: 3 } as const;
