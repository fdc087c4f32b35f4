import type { Fleet } from "../../fleet/model";
import type { Plan, PlannedWave } from "../../rollout/plan";
import { planWaves } from "../../rollout/planWaves";
import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson, type Colors } from "../io";
import { chooseRelease, chooseRollout, loadFleet } from "../load";
import { withFleet, withJson, type FleetOptions } from "../options";
import { formatFindings, plural } from "../printing/findings";
import { formatHeading } from "../printing/heading";
import { formatTable } from "../printing/table";
import type { AddCommand } from "../program";

interface PlanOptions extends FleetOptions {
  readonly rollout?: string;
}

export const addPlan: AddCommand = (program, io, done) => {
  const command = program
    .command("plan")
    .description("show which sites a rollout takes, in which waves; touches nothing");
  withJson(withFleet(command))
    .option("-r, --rollout <name>", "which rollout, if the fleet has several")
    .action(async (options: PlanOptions) => {
      const { fleet, warnings } = await loadFleet(io, options);
      const rollout = chooseRollout(fleet, options.rollout);
      const release = chooseRelease(fleet, rollout.release);
      const plan = planWaves(fleet.sites, rollout);
      if (options.json) printJson(io, { fleet: fleet.name, locked: release.lock !== undefined, plan, warnings });
      else {
        const colors = colorsOf(io);
        const parts = [formatHeading(fleet, release, plan, colors), formatPlan(fleet, plan, colors)];
        if (warnings.length > 0) parts.push(formatFindings(warnings, colors));
        print(io, parts.join("\n\n"));
      }
      done(exitCode.done);
    });
};

/** The waves, each with its limits and a table of its sites. */
export function formatPlan(fleet: Fleet, plan: Plan, colors: Colors): string {
  const sites = new Map(fleet.sites.map((site) => [site.name, site]));
  const waves = plan.waves.map((wave, index) => {
    const rows = wave.sites.flatMap((name) => {
      const site = sites.get(name);
      if (site === undefined) return [];
      const offline = site.offline === undefined ? "" : colors.yellow(`offline: ${site.offline.reason}`);
      return [[`  ${name}`, site.profile, site.architecture, site.region, plural(site.nodes.length, "node"), offline]];
    });
    const head = ["  site", "profile", "arch", "region", "nodes", ""];
    return [colors.bold(`wave ${index + 1}: ${wave.name}`) + colors.dim(limits(wave)), formatTable(head, rows)].join(
      "\n",
    );
  });
  const limit = plan.maxDeferred === undefined ? "any number may be deferred" : `${plan.maxDeferred} may be deferred`;
  const budget = `The rollout halts when more than ${plural(plan.maxFailures, "site")} failed; ${limit}.`;
  const left = plan.unassigned.map(
    ({ site, reason }) => `  ${site}: ${reason === "no-wave" ? "no wave takes it" : "not selected"}`,
  );
  return [
    ...waves,
    ...(left.length === 0 ? [] : [[colors.yellow("not in this rollout:"), ...left].join("\n")]),
    budget,
  ].join("\n\n");
}

function limits(wave: PlannedWave): string {
  const parts = [plural(wave.sites.length, "site"), `${wave.maxConcurrency} at once`];
  if (wave.canary) parts.unshift("canary");
  if (wave.maxFailures !== undefined) parts.push(`halts above ${plural(wave.maxFailures, "failure")}`);
  if (wave.soakSeconds > 0) parts.push(`then ${wave.soakSeconds} s of soak`);
  return ` (${parts.join(", ")})`;
}
