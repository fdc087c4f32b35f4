import type { Command } from "commander";
import { describeChange } from "../../../gitops/hub/describe";
import {
  carryOutHubSetup,
  describeTokens,
  type HubSetup,
  type HubState,
  planHubSetup,
} from "../../../gitops/hub/setup";
import { exitCode, type ExitCode } from "../../exitCodes";
import { credentialStore, hubAdministration } from "../../hub";
import { listenForInterrupts } from "../../interrupt";
import { colorsOf, print, printJson, type Io } from "../../io";
import { chooseSite, loadFleet } from "../../load";
import { outFolder, withFleet, withJson, withOut, type OutputOptions } from "../../options";
import { claimOutFolder, requireOwner } from "../../outFolder";
import { plural } from "../../printing/findings";
import type { AddCommand } from "../../program";
import { UserError } from "../../userError";

interface HubOptions extends OutputOptions {
  readonly hubAdminFile?: string;
  readonly dryRun?: boolean;
  readonly rotate?: boolean | readonly string[];
}

/** `edgewave hub setup` and `edgewave hub check`, which is the same without doing it. */
export const addSetup: AddCommand = (hub, io, done) => {
  withAdministrator(
    hub.command("setup").description("make or correct what the fleet needs of the hub's Gitea, and the sites' tokens"),
  )
    .option("--dry-run", "only say what would be done")
    .option(
      "--rotate [site...]",
      'make new tokens for these sites, for "publisher", or for all; older ones live until the new ones are used',
    )
    .action(async (options: HubOptions) => done(await run(io, options, options.dryRun !== true)));
  withAdministrator(hub.command("check").description("say what at the hub's Gitea is not as it should be")).action(
    async (options: HubOptions) => done(await run(io, options, false)),
  );
};

function withAdministrator(command: Command): Command {
  return withJson(withOut(withFleet(command))).option(
    "--hub-admin-file <file>",
    "one line, ACCOUNT:PASSWORD of an administrator (EDGEWAVE_HUB_ADMIN_FILE)",
  );
}

async function run(io: Io, options: HubOptions, act: boolean): Promise<ExitCode> {
  const { fleet } = await loadFleet(io, options);
  const out = outFolder(io, options, fleet.name);
  const everybody = ["publisher", ...fleet.sites.map(({ name }) => name)];
  const rotate = options.rotate === true ? everybody : Array.isArray(options.rotate) ? options.rotate : [];
  for (const name of rotate) if (name !== "publisher") chooseSite(fleet, name);
  await (act ? claimOutFolder(out, fleet.name) : requireOwner(out, fleet.name));
  const interrupts = listenForInterrupts(io);
  const api = await hubAdministration(io, fleet, options.hubAdminFile, interrupts.stop);
  try {
    const setup: HubSetup = {
      api,
      fleet: fleet.name,
      sites: fleet.sites.map(({ name }) => name),
      credentials: credentialStore(out),
      rotate: new Set(rotate),
    };
    const state = await planHubSetup(setup);
    const todo = state.changes.length + state.tokens.length;
    if (!options.json) printPlan(io, fleet.hub.gitUrl, state, act);
    if (act && state.obstacles.length > 0) throw inTheWay(state);
    if (act) await carryOutHubSetup(setup, state, () => undefined);
    if (options.json) printJson(io, jsonOf(state, act));
    else if (act && todo > 0) print(io, `done: ${plural(todo, "change")}`);
    return !act && (todo > 0 || state.obstacles.length > 0) && options.dryRun !== true
      ? exitCode.failed
      : exitCode.done;
  } finally {
    api.client.close();
    interrupts.dispose();
  }
}

function printPlan(io: Io, url: string, state: HubState, act: boolean): void {
  const colors = colorsOf(io);
  print(io, colors.dim(`${url}: Gitea ${state.version}`));
  if (state.clockOffsetMs !== undefined) {
    const minutes = Math.round(Math.abs(state.clockOffsetMs) / 60_000);
    const side = state.clockOffsetMs > 0 ? "ahead of" : "behind";
    print(
      io,
      colors.yellow(`EDGE-HUB-006: its clock is ${minutes} minutes ${side} this machine's; set one of them right`),
    );
  }
  for (const { what, why } of state.obstacles) print(io, colors.red(`in the way: ${what}: ${why}`));
  for (const change of state.changes) print(io, `${act ? "" : "would "}${describeChange(change)}`);
  for (const change of state.tokens) print(io, `${act ? "" : "would "}${describeTokens(change)}`);
  if (state.changes.length + state.tokens.length + state.obstacles.length === 0)
    print(io, "everything is as it should be");
}

function inTheWay({ obstacles }: HubState): UserError {
  const names = obstacles.map(({ what }) => what).join(", ");
  return new UserError(
    "EDGE-HUB-001",
    `nothing was changed, because of ${names}`,
    "Rename what is in the way, or the site; edgewave takes nothing that is somebody else's.",
    exitCode.failed,
  );
}

function jsonOf(state: HubState, done: boolean) {
  return {
    version: state.version,
    clockOffsetMs: state.clockOffsetMs,
    obstacles: state.obstacles,
    changes: [...state.changes.map(describeChange), ...state.tokens.map(describeTokens)],
    done,
  };
}
