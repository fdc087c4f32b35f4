import type { Io } from "../../io";
import { loadFleet } from "../../load";
import { outFolder, withDriving, withRollout, type DrivingOptions } from "../../options";
import type { AddCommand } from "../../program";
import { whoAsks } from "../../rollout/request";
import { takeUpAgain } from "../../rollout/takeUpAgain";
import { UserError } from "../../userError";

interface RollbackOptions extends DrivingOptions {
  readonly wave?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

export const addRollback: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("rollback")
    .description("take the sites that were changed back to the release that each of them had, the last wave first");
  withRollout(withDriving(command))
    .option("--wave <name>", "the sites of this wave alone")
    .option("--reason <text>", "kept in the ledger")
    .option("-y, --yes", "do it")
    .action(async (options: RollbackOptions) => done(await rollback(io, options)));
};

async function rollback(io: Io, options: RollbackOptions) {
  const { wave, reason } = options;
  if (options.yes !== true) {
    throw new UserError(
      "EDGE-CLI-047",
      `this takes ${wave === undefined ? "every changed site" : `the changed sites of wave ${wave}`} back to an earlier release`,
      "Look with edgewave rollout status, then give --yes.",
    );
  }
  const loaded = await loadFleet(io, options);
  const out = outFolder(io, options, loaded.fleet.name);
  return takeUpAgain(
    io,
    { loaded, out, options },
    {
      type: "rollback",
      by: whoAsks(),
      ...(wave === undefined ? {} : { wave }),
      ...(reason === undefined ? {} : { reason }),
    },
  );
}
