import type { RolloutRequest } from "../../rollout/requests";
import type { RolloutState } from "../../rollout/state";
import type { ExitCode } from "../exitCodes";
import { exitCode } from "../exitCodes";
import { print, printJson, type Io } from "../io";
import { chooseRelease, chooseRollout, type LoadedFleet } from "../load";
import type { DrivingOptions } from "../options";
import { statusJson } from "../statusJson";
import type { TakeUpInputs } from "./drive";
import { driveToTheEnd } from "./driveToTheEnd";
import { driverOf, withLastRun } from "./ledgerFile";
import { askOf } from "./request";

/** What a command has at hand. */
export interface Surroundings {
  readonly loaded: LoadedFleet;
  readonly out: string;
  readonly options: DrivingOptions;
}

/**
 * Asks for sites to be taken up again, and drives them to the end; a driver that is at work is asked to do it instead.
 * @param check refuses by throwing, before anything is recorded; told what would be driven now.
 * @param requestOf the request itself, or how to make it from the state and what would be driven.
 */
export async function takeUpAgain(
  io: Io,
  { loaded, out, options }: Surroundings,
  requestOf: RolloutRequest | ((state: RolloutState, inputs: TakeUpInputs) => RolloutRequest),
  check: (state: RolloutState, inputs: TakeUpInputs) => void = () => undefined,
): Promise<ExitCode> {
  const { state, driven } = await withLastRun(out, options.rollout, async (last) => ({
    state: last.state,
    driven: (await driverOf(last.ledger, last.state.rollout)) !== undefined,
  }));
  if (driven && typeof requestOf !== "function") {
    return withLastRun(out, options.rollout, async ({ ledger, state: now }) => {
      const asked = await askOf(ledger, now, requestOf);
      if (options.json) printJson(io, { ...statusJson(asked.state), driven: true });
      else print(io, "the driver that is at work takes it up; edgewave rollout watch shows it");
      return exitCode.done;
    });
  }
  return driveToTheEnd(io, {
    loaded,
    rollout: chooseRollout(loaded.fleet, state.rollout),
    release: chooseRelease(loaded.fleet, state.release),
    plan: state.plan,
    out,
    options,
    takeUp: async (ledger, inputs) => {
      check(state, inputs);
      const request = typeof requestOf === "function" ? requestOf(state, inputs) : requestOf;
      return askOf(ledger, state, request);
    },
  });
}
