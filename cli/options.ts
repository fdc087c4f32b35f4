import path from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { engineWishes, type EngineWish } from "./engineWish";
import { durationSeconds } from "../fleet/schema/quantity";
import type { Io } from "./io";
import { UserError } from "./userError";

/** Options that every command on a fleet has. */
export interface FleetOptions {
  readonly fleet: string;
  readonly json?: boolean;
}

/** Options of commands that write or read what a rollout leaves behind. */
export interface OutputOptions extends FleetOptions {
  readonly out?: string;
}

export interface EngineOptions extends OutputOptions {
  readonly engine: EngineWish;
  readonly signingKey?: string;
}

export function withFleet(command: Command): Command {
  return command.addOption(
    new Option("-f, --fleet <folder>", "folder with fleet.yaml").env("EDGEWAVE_FLEET").default(".", "this folder"),
  );
}

export function withOut(command: Command): Command {
  return command.addOption(
    new Option("-o, --out <folder>", "where state, artifacts and Git repositories are (default: out/<fleet name>)").env(
      "EDGEWAVE_OUT",
    ),
  );
}

export function withEngine(command: Command): Command {
  return command.addOption(
    new Option("--engine <engine>", "which Pulumi engine runs the stacks").choices(engineWishes).default("auto"),
  );
}

export function withSigningKey(command: Command): Command {
  return command.addOption(
    new Option(
      "--signing-key <file>",
      "Ed25519 key in OpenSSH or PKCS#8 form that signs releases (default: <out>/signing-key, made once)",
    ).env("EDGEWAVE_SIGNING_KEY_FILE"),
  );
}

/** Which rollout, for commands on one. */
export interface RolloutChoice {
  readonly rollout?: string;
}

/** Options of commands that drive a rollout. */
export interface DrivingOptions extends EngineOptions, RolloutChoice {
  /** In MiB. */
  readonly memoryFloor?: string;
}

export function withRollout(command: Command): Command {
  return command.option("-r, --rollout <name>", "which rollout, if there are several (default: the last one)");
}

/** Options of commands on what a ledger holds. */
export interface LedgerOptions extends OutputOptions, RolloutChoice {}

export function withLedger(command: Command): Command {
  return withRollout(withJson(withOut(withFleet(command))));
}

export function withDriving(command: Command): Command {
  return withJson(withSigningKey(withEngine(withOut(withFleet(command))))).option(
    "--memory-floor <MiB>",
    "memory that has to stay free for a further site to start (default: 512)",
  );
}

/** Seconds of a duration such as `90s`, `10m`, `8h` or `2d`. @throws UserError for anything else. */
export function seconds(option: string, written: string): number {
  const read = durationSeconds.safeParse(written);
  if (read.success) return read.data;
  throw new UserError("EDGE-CLI-003", `${option} ${written} is no duration`, "Write it as 90s, 10m, 8h or 2d.");
}

/** @throws UserError for anything but a whole number from the least one on. */
export function wholeNumber(option: string, written: string, least: number): number {
  const value = Number(written);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UserError("EDGE-CLI-003", `${option} ${written} is no whole number from ${least}`, "Correct it.");
}

export function withJson(command: Command): Command {
  return command.option("--json", "print JSON on standard output");
}

/** The absolute output folder of a fleet. */
export function outFolder(io: Io, options: OutputOptions, fleetName: string): string {
  return path.resolve(io.cwd, options.out ?? path.join("out", fleetName));
}
