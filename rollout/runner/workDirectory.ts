import { mkdir, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

import writeFileAtomic from "write-file-atomic";
import { parse, stringify } from "yaml";

import { ifThere } from "./ifThere";
import { backendUrl, projectName, siteLayout, stateFolder } from "./layout";
import type { WorkerRequest } from "./messages";

/**
 * Makes or updates the work directory of a site's stack: a Pulumi.yaml that names the program and the backend, and the
 * stack's settings. With them a person can run `pulumi preview` there and gets the same stack. What somebody else has
 * written into the stack's settings is kept.
 * @returns its path.
 */
export async function prepareWorkDirectory(request: WorkerRequest, encryptionSalt: string): Promise<string> {
  const { workDirectory } = siteLayout(request.outputDirectory, request.site.name);
  await mkdir(workDirectory, { recursive: true });
  await mkdir(stateFolder(request.outputDirectory), { recursive: true });
  await writeIfChanged(join(workDirectory, "Pulumi.yaml"), await projectSettings(request, workDirectory));
  const settings = join(workDirectory, `Pulumi.${request.site.name}.yaml`);
  await writeIfChanged(
    settings,
    stackSettings(request, await ifThere(() => readFile(settings, "utf8")), encryptionSalt),
  );
  return workDirectory;
}

/**
 * Where the output folder was when the stack was last run, if that is not where it is now: somebody has moved or copied
 * it. Undefined if it has not moved, or nobody can tell.
 */
export async function movedFrom(outputDirectory: string, site: string): Promise<string | undefined> {
  const { workDirectory } = siteLayout(outputDirectory, site);
  const before = settingsOf(await ifThere(() => readFile(join(workDirectory, `Pulumi.${site}.yaml`), "utf8"))).config?.[
    `${projectName}:out`
  ];
  return typeof before === "string" && before !== outputDirectory ? before : undefined;
}

async function projectSettings({ projectFile, outputDirectory, site }: WorkerRequest, folder: string): Promise<string> {
  const root = parse(await readFile(projectFile, "utf8")) as { runtime?: unknown; main?: string };
  const main = resolve(dirname(projectFile), root.main ?? ".");
  return stringify({
    name: projectName,
    description: `The stack of site ${site.name}, kept by edgewave`,
    runtime: root.runtime ?? "nodejs",
    main: relative(folder, main),
    backend: { url: backendUrl(outputDirectory) },
  });
}

function stackSettings(request: WorkerRequest, before: string | undefined, encryptionSalt: string): string {
  const kept = settingsOf(before);
  const { [`${projectName}:signers`]: _, ...config } = kept.config ?? {};
  const settings = {
    ...kept,
    encryptionsalt: kept.encryptionsalt ?? encryptionSalt,
    config: {
      ...config,
      [`${projectName}:fleet`]: absolute(request.fleetFolder),
      [`${projectName}:out`]: absolute(request.outputDirectory),
      [`${projectName}:release`]: request.release.name,
      // One line each, as in an authorized_keys file; a key that is no longer trusted must not stay.
      ...(request.signers.length === 0 ? {} : { [`${projectName}:signers`]: request.signers.join("\n") }),
    },
  };
  // A key stays on one line, as people know it.
  return stringify(settings, { lineWidth: 0 });
}

interface StackSettingsFile {
  readonly encryptionsalt?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

function settingsOf(text: string | undefined): StackSettingsFile {
  const settings: unknown = text === undefined ? {} : parse(text);
  return typeof settings === "object" && settings !== null ? settings : {};
}

function absolute(path: string): string {
  if (!isAbsolute(path)) throw new Error(`${path} must be an absolute path, because Pulumi runs in another folder`);
  return path;
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  if ((await ifThere(() => readFile(file, "utf8"))) !== text) await writeFileAtomic(file, text);
}
