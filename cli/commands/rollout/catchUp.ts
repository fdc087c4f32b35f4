import { returnedSites } from "../../../rollout/catchUp";
import { frozenSite, releasesBefore } from "../../../rollout/start";
import type { Io } from "../../io";
import { loadFleet } from "../../load";
import { outFolder, withDriving, withRollout, type DrivingOptions } from "../../options";
import type { AddCommand } from "../../program";
import { whoAsks } from "../../rollout/request";
import { takeUpAgain } from "../../rollout/takeUpAgain";

export const addCatchUp: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("catch-up")
    .description("take deferred sites to the release that have a link again, under the catch-up's own limits");
  withRollout(withDriving(command)).action(async (options: DrivingOptions) => done(await catchUp(io, options)));
};

async function catchUp(io: Io, options: DrivingOptions) {
  const loaded = await loadFleet(io, options);
  const { fleet } = loaded;
  const out = outFolder(io, options, fleet.name);
  return takeUpAgain(io, { loaded, out, options }, (state, inputs) => {
    const sites = returnedSites(state, fleet.sites);
    const representation = new Map(state.waves.map(({ plan }) => [plan.name, plan.representation]));
    const frozen = sites.map((site) =>
      frozenSite(site, representation.get(state.sites.get(site.name)?.wave ?? "") ?? [], {
        ...inputs,
        plan: state.plan,
      }),
    );
    return {
      type: "catch-up",
      by: whoAsks(),
      sites: sites.map(({ name }) => name),
      frozen,
      before: releasesBefore(frozen, { ...inputs, plan: state.plan }),
    };
  });
}
