import { planWaves } from "../../../rollout/planWaves";
import type { Io } from "../../io";
import { chooseRelease, chooseRollout, loadFleet } from "../../load";
import { outFolder, withDriving, withRollout, type DrivingOptions } from "../../options";
import type { AddCommand } from "../../program";
import { driveToTheEnd } from "../../rollout/driveToTheEnd";

export const addStart: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("start", { isDefault: true })
    .description("start, or go on with what an earlier driver left");
  withRollout(withDriving(command)).action(async (options: DrivingOptions) => done(await start(io, options)));
};

async function start(io: Io, options: DrivingOptions) {
  const loaded = await loadFleet(io, options);
  const rollout = chooseRollout(loaded.fleet, options.rollout);
  const release = chooseRelease(loaded.fleet, rollout.release);
  const plan = planWaves(loaded.fleet.sites, rollout);
  const out = outFolder(io, options, loaded.fleet.name);
  return driveToTheEnd(io, { loaded, rollout, release, plan, out, options });
}
