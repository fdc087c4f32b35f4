import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";

import { EngineError } from "../errors";
import type { Project } from "../project/project";
import { findProject, selectionPath } from "../project/project";
import { StackFile } from "../project/stackfile";
import type { ResourceProvider } from "../providers/provider";
import type { Environment } from "../secrets/manager";
import { EncryptingCodec, readPassphrase, secretsProviderOf } from "../secrets/manager";
import type { Crypter } from "../secrets/passphrase";
import { crypterOf, newSaltLine } from "../secrets/passphrase";
import { FileBackend } from "../state/backend";
import type { RawCheckpoint, Snapshot } from "../state/checkpoint";
import { openDeployment, parseCheckpoint } from "../state/checkpoint";
import { readIfThere, writeAtomic } from "../state/files";
import type { StackName } from "../state/names";
import { parseStackName } from "../state/names";
import type { Arguments } from "./arguments";

/** Where a command's text goes. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** What one command works with: its arguments, its environment, its project and its backend. */
export class Session {
  private opened: Promise<FileBackend> | undefined;
  private read: Promise<Project | undefined> | undefined;

  constructor(
    readonly args: Arguments,
    readonly cwd: string,
    readonly env: Environment,
    readonly output: Output,
    readonly providers: readonly ResourceProvider[],
    readonly signal: AbortSignal,
  ) {}

  get folder(): string {
    return resolve(this.cwd, this.args.text("cwd") ?? ".");
  }

  findProject(): Promise<Project | undefined> {
    this.read ??= findProject(this.folder);
    return this.read;
  }

  async project(): Promise<Project> {
    const project = await this.findProject();
    if (project === undefined) {
      throw new EngineError(
        `no Pulumi.yaml project file found (searching upwards from ${this.folder}); ` +
          "if you have not created a project yet, write one first",
      );
    }
    return project;
  }

  backend(): Promise<FileBackend> {
    this.opened ??= this.openBackend();
    return this.opened;
  }

  private async openBackend(): Promise<FileBackend> {
    const project = await this.findProject();
    const url = this.env["PULUMI_BACKEND_URL"] || project?.backendUrl || (await this.loggedIn());
    if (url === undefined) {
      throw new EngineError(
        "no state backend is chosen: set PULUMI_BACKEND_URL to file://FOLDER, or backend.url in Pulumi.yaml",
      );
    }
    const from = project !== undefined && !this.env["PULUMI_BACKEND_URL"] ? project.folder : this.folder;
    return FileBackend.open(url, from);
  }

  private async loggedIn(): Promise<string | undefined> {
    const text = await readIfThere(join(this.home, "credentials.json"));
    return text === undefined ? undefined : (JSON.parse(text) as { current?: string }).current || undefined;
  }

  private get home(): string {
    return this.env["PULUMI_HOME"] || join(this.env["HOME"] ?? homedir(), ".pulumi");
  }

  /** The stack that the command names, or the one that is selected. */
  async stackName(given?: string): Promise<StackName> {
    const text = given ?? this.args.text("stack") ?? (await this.selected());
    if (text === undefined) {
      throw new EngineError("no stack selected; please use `pulumi stack select` or choose one with --stack");
    }
    return parseStackName(text, (await this.findProject())?.name);
  }

  async selected(): Promise<string | undefined> {
    const project = await this.findProject();
    const text = project && (await readIfThere(selectionPath(this.home, project)));
    return text === undefined ? undefined : (JSON.parse(text) as { stack?: string }).stack || undefined;
  }

  async select(stack: string | undefined): Promise<void> {
    const path = selectionPath(this.home, await this.project());
    const text = JSON.stringify(stack === undefined ? {} : { stack });
    if ((await readIfThere(path)) !== text) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeAtomic(path, text, false);
    }
  }

  /** The checkpoint of a stack. @throws `no stack named 'x' found`, by which the SDK knows the case. */
  async checkpoint(name: StackName): Promise<RawCheckpoint> {
    const backend = await this.backend();
    const text = await backend.read(name);
    if (text === undefined) {
      throw new EngineError(`no stack named '${name.stack}' found`);
    }
    return parseCheckpoint(text, backend.checkpointPath(name));
  }

  async stackFile(name: StackName): Promise<StackFile> {
    const given = this.args.text("config-file");
    const path = given === undefined || isAbsolute(given) ? given : resolve(this.folder, given);
    return StackFile.read(await this.project(), name.stack, path);
  }

  /** The crypter of a stack's configuration; a stack file without a salt gets one. */
  async crypter(file: StackFile): Promise<Crypter> {
    const passphrase = await readPassphrase(this.env);
    if (file.salt === undefined) {
      file.setSalt(await newSaltLine(passphrase));
      await file.save();
    }
    return crypterOf(passphrase, file.salt as string);
  }

  /** Opens a checkpoint's secrets. A checkpoint without resources may have none, and needs no passphrase then. */
  async open(
    raw: RawCheckpoint,
  ): Promise<{ readonly snapshot: Snapshot; readonly codec: EncryptingCodec | undefined }> {
    const provider = secretsProviderOf(raw.deployment?.["secrets_providers"]);
    if (provider === undefined) {
      return { snapshot: { resources: [], pending: [] }, codec: undefined };
    }
    const codec = await EncryptingCodec.create(this.env, provider);
    return { snapshot: openDeployment(raw.deployment, codec), codec };
  }
}
