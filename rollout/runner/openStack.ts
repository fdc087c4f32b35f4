import { LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";

import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import type { SiteAccess } from "../../stacks/args";
import { backendUrl } from "./layout";

/** What the runner uses of the Automation API's `Stack`. */
export type EngineStack = Pick<Stack, "up" | "preview" | "destroy" | "refresh" | "cancel">;

/** Selects a site's stack in a prepared work directory, and makes it if it is not there. */
export type OpenStack = (arguments_: StackArguments) => Promise<EngineStack>;

export interface ProgramArguments {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  readonly signers: readonly string[];
  readonly outputDirectory: string;
  /** How the site is reached, while the run lasts. */
  readonly access: SiteAccess;
}

export interface StackArguments extends ProgramArguments {
  readonly workDirectory: string;
  /** Absolute path of a folder for temporary files. */
  readonly scratch: string;
  /** For the engine, beside what it has for every site. */
  readonly siteEnvironment: Readonly<Record<string, string>>;
}

/** The Pulumi program of one site. */
export type SiteProgram = (arguments_: ProgramArguments) => PulumiFn;

export interface EngineOptions {
  /** The official CLI, or anything that the Automation API takes for it. */
  readonly pulumiCommand: PulumiCommand;
  /** For the engine: the passphrase (or its file) and what else it needs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly program: SiteProgram;
}

/** Stacks by the Automation API's local workspace, with the program in this process. */
export function openByAutomation({ pulumiCommand, environment, program }: EngineOptions): OpenStack {
  return async ({ workDirectory, scratch, siteEnvironment, ...arguments_ }) => {
    const { site, outputDirectory } = arguments_;
    const envVars = {
      ...environment,
      ...siteEnvironment,
      // A backend in the caller's environment would win over the work directory's, and locks and evidence would be missed.
      PULUMI_BACKEND_URL: backendUrl(outputDirectory),
      ...temporaryFolder(scratch),
    };
    const workspace = await LocalWorkspace.create({
      workDir: workDirectory,
      program: program(arguments_),
      secretsProvider: "passphrase",
      pulumiCommand,
      envVars,
    });
    // After `up` the SDK asks for the outputs, once with secrets in clear, and for the history: three processes of the
    // CLI a site, whose answers nobody reads here. Both are public methods; the results are then without them.
    workspace.stackOutputs = () => Promise.resolve({});
    const stack = await Stack.createOrSelect(site.name, workspace);
    stack.history = () => Promise.resolve([]);
    return stack;
  };
}

/** The variables by which programs find the folder for temporary files. */
function temporaryFolder(folder: string): Readonly<Record<string, string>> {
  return { TMPDIR: folder, TMP: folder, TEMP: folder };
}
