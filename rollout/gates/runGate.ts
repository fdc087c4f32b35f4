import { setMaxListeners } from "node:events";
import type { Gate } from "../../fleet/gates";
import type { Clock } from "../clock";
import { tidy, type GateAnswer, type GateVerdict } from "./answer";
import { gateDeadline, nextProgress, type GateProgress } from "./progress";

/** A check that says nothing for so long has hung. */
const longestCheckSeconds = 30;
/** Short intervals still leave a slow link the time for an answer. */
const shortestCheckSeconds = 10;

/** How long one check may take, in seconds. */
export function checkSeconds({ intervalSeconds }: Pick<Gate, "intervalSeconds">): number {
  return Math.min(Math.max(intervalSeconds, shortestCheckSeconds), longestCheckSeconds);
}

/** Asks once; see `GateProbe`. */
export type Check = (signal: AbortSignal) => Promise<GateAnswer>;

/** Gets each answer that says something else than the one before it, and when it came. */
export type OnAnswer = (answer: GateAnswer, at: number) => void;

/**
 * Asks a gate again and again until it has its verdict. It is asked at once, and at least once even if its time is over
 * when a driver resumes. Never rejects for what the check does: an error is an inconclusive answer with its message.
 *
 * @param progress from `gateProgress`, with the time at which the gate first began
 * @returns undefined if the signal was aborted before there was a verdict.
 */
export async function runGate(
  progress: GateProgress,
  check: Check,
  clock: Clock,
  onAnswerChanged: OnAnswer,
  signal: AbortSignal,
): Promise<GateVerdict | undefined> {
  let now = progress;
  let due = progress.soakEnd === undefined;
  while (!signal.aborted) {
    const answer = due ? await ask(now, check, clock, signal) : undefined;
    if (signal.aborted) return undefined;
    const step = nextProgress(now, answer, clock.now());
    if (answer !== undefined && said(answer) !== said(now.last)) onAnswerChanged(answer, clock.now());
    if (step.verdict !== undefined) return step.verdict;
    now = step.progress;
    await clock.until(step.nextAt, signal);
    due = now.soakEnd === undefined && clock.now() < gateDeadline(now);
  }
  return undefined;
}

const said = (answer: GateAnswer | undefined): string | undefined => answer && `${answer.answer}: ${answer.detail}`;

/** @returns undefined if the gate's deadline, or the end of the run, came before the answer. */
async function ask(
  progress: GateProgress,
  check: Check,
  clock: Clock,
  signal: AbortSignal,
): Promise<GateAnswer | undefined> {
  const seconds = checkSeconds(progress.gate);
  const limit = clock.now() + seconds * 1000;
  const deadline = gateDeadline(progress);
  // A gate that is resumed after its deadline has the time of one check.
  const closes = deadline > clock.now() && deadline < limit;
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  setMaxListeners(0, stop);
  const late: GateAnswer = { answer: "inconclusive", detail: `the check has said nothing for ${seconds} s` };
  const answer = Promise.resolve()
    .then(() => check(stop))
    .catch((error: unknown): GateAnswer => ({ answer: "inconclusive", detail: messageOf(error) }));
  const time = clock.until(closes ? deadline : limit, stop).then(() => (closes ? undefined : late));
  const first = await Promise.race([answer, time]);
  done.abort();
  return first && tidy(first);
}

/** With what lies below: `fetch failed` says nothing without its cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const why = cause instanceof Error && !error.message.includes(cause.message) ? `: ${cause.message}` : "";
  return `${error.message}${why}` || error.name;
}
