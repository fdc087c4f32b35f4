import { changedSince } from "../../../rollout/resume";
import { rolloutStarted } from "../../../rollout/start";
import type { Outcome } from "../../../rollout/events";
import { sitesToRetry } from "../../../rollout/requests";
import type { Io } from "../../io";
import { loadFleet } from "../../load";
import { outFolder, withDriving, withRollout, type DrivingOptions } from "../../options";
import type { AddCommand } from "../../program";
import { withLastRun } from "../../rollout/ledgerFile";
import { takeUpAgain } from "../../rollout/takeUpAgain";
import { whoAsks } from "../../rollout/request";
import { UserError } from "../../userError";

interface RetryOptions extends DrivingOptions {
  readonly failed?: boolean;
  readonly skipped?: boolean;
  readonly cancelled?: boolean;
}

export const addRetry: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("retry")
    .description("take sites up again that failed or were skipped, with what was frozen when the rollout started")
    .argument(
      "[sites...]",
      "these sites alone (default: all that failed, were skipped or cancelled), or waves whose gates are asked again",
    );
  withRollout(withDriving(command))
    .option("--failed", "only those that failed")
    .option("--skipped", "only those that were skipped")
    .option("--cancelled", "only those that were cancelled")
    .action(async (sites: string[], options: RetryOptions) => done(await retry(io, sites, options)));
};

async function retry(io: Io, names: readonly string[], options: RetryOptions) {
  const loaded = await loadFleet(io, options);
  const out = outFolder(io, options, loaded.fleet.name);
  const waves = await withLastRun(out, options.rollout, ({ state }) =>
    names.filter((name) => state.sites.get(name) === undefined && state.waves.some(({ plan }) => plan.name === name)),
  );
  const request = {
    type: "retry" as const,
    by: whoAsks(),
    outcomes: wanted(options),
    sites: names.filter((name) => !waves.includes(name)),
    ...(waves.length === 0 ? {} : { waves }),
  };
  return takeUpAgain(io, { loaded, out, options }, request, (state, inputs) => {
    // Only the frozen hashes are compared; what was there before does not enter them.
    const now = rolloutStarted({ ...inputs, plan: state.plan, successes: new Map() });
    const changed = changedSince(state, now, sitesToRetry(state, request));
    if (changed.length === 0) return;
    throw new UserError(
      "EDGE-CLI-046",
      `the configuration is not what the rollout was started with: ${changed.slice(0, 5).join(", ")} ` +
        `${changed.length === 1 ? "has" : "have"} changed since`,
      "Put it back as it was, or start a new run with: edgewave rollout start",
    );
  });
}

function wanted({ failed, skipped, cancelled }: RetryOptions): Outcome[] {
  const given: readonly (readonly [Outcome, boolean | undefined])[] = [
    ["failed", failed],
    ["skipped", skipped],
    ["cancelled", cancelled],
  ];
  const chosen = given.filter(([, asked]) => asked).map(([outcome]) => outcome);
  return chosen.length > 0 ? chosen : ["failed", "skipped", "cancelled"];
}
