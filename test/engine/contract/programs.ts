import { join } from "node:path";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { Place } from "./engines";

export interface NoteArgs {
  /** Goes into the command's environment and comes out of it as `stdout`. */
  readonly value?: pulumi.Input<string>;
  /** Scripts instead of those that write to the log. */
  readonly create?: string;
  readonly delete?: string;
}

/** A command that writes what becomes of it to the place's log: `create NAME`, `update NAME`, `delete NAME`. */
export function note(
  place: Place,
  name: string,
  args: NoteArgs = {},
  options?: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      create: args.create ?? script(place, `create ${name}`),
      update: script(place, `update ${name}`),
      delete: args.delete ?? script(place, `delete ${name}`),
      environment: { VALUE: args.value ?? "" },
    },
    options,
  );
}

/** A script that writes a line to the place's log, and its value to standard output. */
export function script(place: Place, line: string): string {
  return `echo ${line} >> '${join(place.folder, "log")}'; printf '%s' "$VALUE"`;
}

/** Options under which a changed value replaces a command. */
export const REPLACED = { replaceOnChanges: ["environment"] };

/** The URN of a note that has no parent. */
export function urnOf(name: string): string {
  return `urn:pulumi:dev::contract::command:local:Command::${name}`;
}

/** A component with a note in it, `NAME-child`. */
export class Part extends pulumi.ComponentResource {
  readonly child: command.local.Command;

  constructor(name: string, place: Place, args: NoteArgs = {}, options?: pulumi.ComponentResourceOptions) {
    super("contract:index:Part", name, {}, options);
    this.child = note(place, `${name}-child`, args, { parent: this });
    this.registerOutputs({});
  }
}
