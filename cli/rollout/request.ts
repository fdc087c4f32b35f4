import { hostname, userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { RecordedEvent } from "../../rollout/events";
import { applyEvent, foldEvents } from "../../rollout/fold";
import type { Ledger } from "../../rollout/ledger/ledger";
import { RolloutLocked } from "../../rollout/ledger/ledger";
import { type RemoteRequest, storedForm } from "../../rollout/requestForm";
import { answerRequest, type RolloutRequest } from "../../rollout/requests";
import { readState } from "../../rollout/snapshot";
import type { RolloutState } from "../../rollout/state";
import { UserError } from "../userError";

/** How long a driver is waited for, and how often it is looked for its answer, in milliseconds. */
const patience = 30_000;
const lookEvery = 200;

/** Who asks, as the ledger keeps it: `ana@hub-1`. */
export function whoAsks(): string {
  return `${userInfo().username}@${hostname()}`;
}

/** What became of a request. */
export interface Asked {
  /** Whether a driver is at work, who then did it. */
  readonly driven: boolean;
  readonly state: RolloutState;
  /** What this process recorded itself. */
  readonly events: readonly RecordedEvent[];
}

/**
 * Asks something of the run that was read last. A driver that is at work is asked through the ledger and waited for;
 * where none is, this process records it itself, under the driver's lease.
 * @returns whether a driver is at work, and the state after the request.
 * @throws UserError EDGE-CLI-040 if it is refused, EDGE-CLI-041 if the driver does not answer.
 */
export async function askOf(ledger: Ledger, state: RolloutState, request: RolloutRequest): Promise<Asked> {
  try {
    return { driven: false, ...(await recordHere(ledger, state, request)) };
  } catch (error) {
    if (!(error instanceof RolloutLocked)) throw error;
    if (request.type === "catch-up") throw error;
    return { driven: true, state: await askDriver(ledger, state, request), events: [] };
  }
}

async function recordHere(
  ledger: Ledger,
  { run, rollout }: RolloutState,
  request: RolloutRequest,
): Promise<Omit<Asked, "driven">> {
  const lease = await ledger.lease(`rollout/${rollout}`);
  try {
    // What was read before the lease was taken may be old.
    const state = foldEvents(await ledger.events(run));
    const answer = answerRequest(state, request, Date.now());
    if ("refused" in answer) throw refusal(answer.refused);
    if (answer.events.length === 0) return { state, events: [] };
    const events = await ledger.append(lease, run, Date.now(), answer.events);
    return { state: events.reduce(applyEvent, state), events };
  } finally {
    await lease.release();
  }
}

async function askDriver(ledger: Ledger, state: RolloutState, request: RemoteRequest): Promise<RolloutState> {
  const id = await ledger.putRequest(storedForm(request, state.rollout, state.run, Date.now()));
  for (const end = Date.now() + patience; Date.now() < end; await delay(lookEvery)) {
    const answer = await ledger.requestAnswer(id);
    if (answer === undefined) continue;
    const refused = /^refused: ([\s\S]*)$/.exec(answer.answer)?.[1];
    if (refused !== undefined) throw refusal(refused);
    return readState(ledger, state.run);
  }
  throw new UserError(
    "EDGE-CLI-041",
    `the driver of rollout ${state.rollout} has not answered for ${patience / 1000} s`,
    "The request stays in the ledger: it is carried out as soon as a driver looks. edgewave rollout status shows it.",
  );
}

function refusal(why: string): UserError {
  return new UserError("EDGE-CLI-040", why, "edgewave rollout status shows how the rollout stands.");
}
