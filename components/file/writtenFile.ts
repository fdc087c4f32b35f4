import { local } from "@pulumi/command";
import type {
  CustomResourceOptions,
  Input,
  ResourceTransformationArgs,
  ResourceTransformationResult,
} from "@pulumi/pulumi";
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
  const inputs = {
    create: commands.write,
    update: commands.write,
    delete: commands.remove,
    environment: commands.environment,
    interpreter: ["/bin/sh", "-c"],
    stdin: args.content,
  };
  return new local.Command(name, inputs, {
    ...opts,
    // An update in place would leave the file in the old folder behind: only a deletion gets the old inputs.
    replaceOnChanges: ["environment"],
    // A replacement may have the same path (`--replace`): the old one's deletion would take the new file away.
    deleteBeforeReplace: true,
    transformations: [...(opts.transformations ?? []), silent],
  });
}

/** Keeps the command's output out of the engine's log. The provider takes `logging`; its SDK does not declare it. */
export function silent({ props, opts }: ResourceTransformationArgs): ResourceTransformationResult {
  return { props: { ...props, logging: "none" }, opts };
}
