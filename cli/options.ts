import path from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { engineWishes, type EngineWish } from "./engine";
import type { Io } from "./io";

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

export function withJson(command: Command): Command {
  return command.option("--json", "print JSON on standard output");
}

/** The absolute output folder of a fleet. */
export function outFolder(io: Io, options: OutputOptions, fleetName: string): string {
  return path.resolve(io.cwd, options.out ?? path.join("out", fleetName));
}
