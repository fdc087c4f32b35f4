import { local } from "@pulumi/command";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import { fileCommands } from "./plan";

export interface WrittenFileArgs {
  /** Absolute path of the site's folder. */
  readonly directory: string;
  /** Of the file, relative to `directory`. */
  readonly path: string;
  readonly content: Input<string>;
  /** `private` for content that only the owner may read. */
  readonly mode: "public" | "private";
}

/**
 * A file that Pulumi tracks: written atomically, rewritten when its content changes, removed with the resource,
 * together with folders that it leaves empty.
 * @param name identity of the resource; by convention the file's path.
 * @throws ComponentArgumentError if the path leaves the folder.
 */
export function writtenFile(name: string, args: WrittenFileArgs, opts: CustomResourceOptions): local.Command {
  const commands = fileCommands(args.directory, args.path, args.mode);
  // `logging` is an input of the provider that not every version of the SDK declares.
  const inputs: local.CommandArgs & { readonly logging: "none" } = {
    create: commands.write,
    update: commands.write,
    delete: commands.remove,
    environment: commands.environment,
    interpreter: ["/bin/sh", "-c"],
    stdin: args.content,
    logging: "none",
    // An update in place would leave the file in the old folder behind.
    triggers: [commands.environment.ROOT, commands.environment.RELATIVE],
  };
  return new local.Command(name, inputs, opts);
}
