import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

import { parse } from "yaml";

import { EngineError, RefusedError } from "../errors";
import { checkName } from "../state/names";

/** A project: its `Pulumi.yaml`. */
export interface Project {
  readonly name: string;
  readonly file: string;
  /** Where the file lies. */
  readonly folder: string;
  readonly runtime: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  /** The program's folder and what to run in it. */
  readonly programFolder: string;
  readonly entry: string;
  readonly backendUrl: string | undefined;
  /** The folder of the stack files, if not beside the project's. */
  readonly stackConfigFolder: string;
  /** Values for all stacks, by key. */
  readonly config: Readonly<Record<string, unknown>>;
}

const NAMES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];
const KEYS = new Set([
  "name",
  "runtime",
  "main",
  "description",
  "author",
  "website",
  "license",
  "config",
  "backend",
  "stackConfigDir",
  "template",
]);

/** The project of a folder or of the nearest folder above it. */
export async function findProject(cwd: string): Promise<Project | undefined> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const name = NAMES.find((candidate) => existsSync(join(folder, candidate)));
    if (name !== undefined) {
      return readProject(join(folder, name));
    }
    if (dirname(folder) === folder) {
      return undefined;
    }
  }
}

async function readProject(file: string): Promise<Project> {
  let json: Record<string, unknown>;
  try {
    json = (parse(await readFile(file, "utf8")) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw new EngineError(`could not read ${file}: ${String(cause)}`, { cause });
  }
  const foreign = Object.keys(json).filter((key) => !KEYS.has(key));
  if (foreign.length > 0) {
    throw new RefusedError(`the key(s) ${foreign.join(", ")} of ${basename(file)}`);
  }
  if (typeof json["name"] !== "string") {
    throw new EngineError(`${file}: project is missing a 'name' attribute`);
  }
  const folder = dirname(file);
  const main = typeof json["main"] === "string" && json["main"] !== "" ? json["main"] : undefined;
  const program = main === undefined ? folder : isAbsolute(main) ? main : resolve(folder, main);
  // A folder is a program of its own; a file is an entry in its folder.
  const isFile = main !== undefined && /\.[cm]?[jt]s$/.test(main);
  return {
    name: checkName("project", json["name"]),
    file,
    folder,
    runtime: runtimeOf(json["runtime"], file),
    programFolder: isFile ? dirname(program) : program,
    entry: isFile ? basename(program) : ".",
    backendUrl: (json["backend"] as { url?: string } | undefined)?.url,
    stackConfigFolder: typeof json["stackConfigDir"] === "string" ? resolve(folder, json["stackConfigDir"]) : folder,
    config: (json["config"] ?? {}) as Record<string, unknown>,
  };
}

function runtimeOf(value: unknown, file: string): Project["runtime"] {
  if (typeof value === "string") {
    return { name: value, options: {} };
  }
  const { name, options } = (value ?? {}) as { name?: unknown; options?: unknown };
  if (typeof name !== "string") {
    throw new EngineError(`${file}: project is missing a 'runtime' attribute`);
  }
  return { name, options: (options ?? {}) as Record<string, unknown> };
}

/** Where the CLI keeps which stack is selected in a project: below `PULUMI_HOME`. */
export function selectionPath(home: string, project: Project): string {
  const id = createHash("sha1").update(project.file).digest("hex");
  return join(home, "workspaces", `${project.name}-${id}-workspace.json`);
}
