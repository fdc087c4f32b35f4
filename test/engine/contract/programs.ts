import { join } from "node:path";

import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

import type { Place } from "./engines";

/** A command that writes what becomes of it to the place's log: `create NAME`, `update NAME`, `delete NAME`. */
export function note(
  place: Place,
  name: string,
  args: { readonly value?: pulumi.Input<string>; readonly create?: string } = {},
  options?: pulumi.CustomResourceOptions,
): command.local.Command {
  const log = (verb: string) => `echo ${verb} ${name} >> '${join(place.folder, "log")}'; printf '%s' "$VALUE"`;
  return new command.local.Command(
    name,
    {
      create: args.create ?? log("create"),
      update: log("update"),
      delete: log("delete"),
      environment: { VALUE: args.value ?? "" },
    },
    options,
  );
}

/** Options under which a changed value replaces a command. */
export const REPLACED = { replaceOnChanges: ["environment"] };
