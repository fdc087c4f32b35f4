import { LocalWorkspace, type PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";

import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import { backendUrl, projectName } from "./layout";

/** What the runner uses of the Automation API's `Stack`. */
export type EngineStack = Pick<Stack, "up" | "preview" | "destroy" | "cancel">;

/** Selects a site's stack in a prepared work directory, and makes it if it is not there. */
export type OpenStack = (arguments_: StackArguments) => Promise<EngineStack>;

export interface ProgramArguments {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  readonly signers: readonly string[];
  readonly outputDirectory: string;
}

export interface StackArguments extends ProgramArguments {
  readonly workDirectory: string;
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
  return ({ workDirectory, ...arguments_ }) => {
    // A backend in the caller's environment would win over the work directory's, and locks and evidence would be missed.
    const envVars = { ...environment, PULUMI_BACKEND_URL: backendUrl(arguments_.outputDirectory) };
    return LocalWorkspace.createOrSelectStack(
      { stackName: arguments_.site.name, projectName, program: program(arguments_) },
      { workDir: workDirectory, secretsProvider: "passphrase", pulumiCommand, envVars },
    );
  };
}
