import type { Dirent } from "node:fs";
import { lstat, readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { FindingCode } from "../codes";
import { knownHostsFile } from "../knownHosts";
import { nearest } from "../nearest";
import { quote } from "../quote";
import type { PlacedProblem } from "./parse";

/** A file of the fleet folder. */
export interface FleetFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface FleetFiles {
  readonly files: readonly FleetFile[];
  readonly problems: readonly PlacedProblem[];
}

/** The folders of a fleet. */
export const fleetFolders = ["sites", "releases", "rollouts"] as const;

/** Files beside those folders; a fleet may have no policy.yaml. */
const topFiles: ReadonlySet<string> = new Set(["fleet.yaml", "policy.yaml"]);

/** 5,000 sites in one file are about 8 MiB. */
const maxFileBytes = 32 * 1024 * 1024;
/** Open files at a time. */
const readsAtOnce = 32;

/** Reads everything that belongs to a fleet. It never follows a link out of the folder and opens regular files only. */
export async function readFiles(folder: string): Promise<FleetFiles> {
  const problems: PlacedProblem[] = [];
  const report = (code: FindingCode, file: string, message: string, hint?: string) => {
    problems.push({
      code,
      source: { file, line: 1 },
      path: [],
      message,
      line: 1,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  let root: string;
  let top: Dirent[];
  try {
    root = await realpath(folder);
    top = await readdir(root, { withFileTypes: true });
  } catch (error) {
    report("EDGE-FILE-001", "fleet.yaml", `the fleet folder ${quote(folder)} cannot be read: ${reasonOf(error)}`);
    return { files: [], problems };
  }
  reportStrays(top, report);
  const wanted = ["fleet.yaml"];
  for (const name of [knownHostsFile, "policy.yaml"]) if (top.some((entry) => entry.name === name)) wanted.push(name);
  for (const name of fleetFolders) wanted.push(...(await listFolder(root, name, report)));
  const files: FleetFile[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < wanted.length; index = next++) {
      const file = wanted[index] as string;
      const text = await readText(root, file, report);
      if (text !== undefined) files.push({ path: file, text });
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, worker));
  return { files, problems };
}

type Report = (code: FindingCode, file: string, message: string, hint?: string) => void;

function reportStrays(entries: readonly Dirent[], report: Report): void {
  const names = new Set(entries.map((entry) => entry.name));
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith(".") || topFiles.has(name) || (fleetFolders as readonly string[]).includes(name)) continue;
    if (/\.ya?ml$/i.test(name))
      report("EDGE-FILE-004", name, `${name} is not read`, "Move it into sites, releases or rollouts.");
    else if (entry.isDirectory()) {
      const meant = nearest(name, fleetFolders);
      if (meant !== undefined && !names.has(meant)) {
        report("EDGE-FILE-004", name, `the folder ${name} is not read`, `Did you mean ${meant}?`);
      }
    }
  }
}

async function listFolder(root: string, folder: string, report: Report): Promise<string[]> {
  let entries: Dirent[];
  try {
    if (!isInside(root, await realpath(path.join(root, folder)))) {
      report("EDGE-FILE-003", folder, `${folder} is a link that leads out of the fleet folder`);
      return [];
    }
    entries = await readdir(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    // A new fleet has none of them yet.
    if (codeOf(error) !== "ENOENT") report("EDGE-FILE-001", folder, `${folder} cannot be read: ${reasonOf(error)}`);
    return [];
  }
  const wanted: string[] = [];
  for (const entry of entries) {
    const file = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) report("EDGE-FILE-004", file, `the folder ${file} is not read`);
    else if (entry.name.endsWith(".yaml")) wanted.push(file);
    else if (folder === "releases" && entry.name.endsWith(".lock.json")) wanted.push(file);
    else if (/\.ya?ml$/i.test(entry.name)) {
      report("EDGE-FILE-004", file, `${file} is not read`, "Let its name end in .yaml.");
    }
  }
  return wanted.sort();
}

async function readText(root: string, file: string, report: Report): Promise<string | undefined> {
  try {
    const real = await realpath(path.join(root, file));
    if (!isInside(root, real)) {
      report("EDGE-FILE-003", file, `${file} is a link that leads out of the fleet folder`);
      return undefined;
    }
    const { size, isRegular } = await stat(real).then((info) => ({ size: info.size, isRegular: info.isFile() }));
    // Opening a pipe or device could wait for ever.
    if (!isRegular) {
      report("EDGE-FILE-003", file, `${file} is not a regular file`);
      return undefined;
    }
    if (size > maxFileBytes) {
      report("EDGE-FILE-002", file, `${file} has ${size} bytes, and at most ${maxFileBytes} are read`);
      return undefined;
    }
    return decode(await readFile(real), file, report);
  } catch (error) {
    const dangling = codeOf(error) === "ENOENT" && (await isLink(path.join(root, file)));
    report(
      "EDGE-FILE-001",
      file,
      `${file} ${dangling ? "is a link to nothing" : `cannot be read: ${reasonOf(error)}`}`,
    );
    return undefined;
  }
}

function decode(bytes: Buffer, file: string, report: Report): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    report("EDGE-YAML-004", file, `${file} is not UTF-8`);
    return undefined;
  }
}

function isInside(root: string, real: string): boolean {
  const relative = path.relative(root, real);
  return relative !== "" && !relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative);
}

async function isLink(file: string): Promise<boolean> {
  return lstat(file).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "permission is denied",
  ENOTDIR: "it is not a folder",
  EISDIR: "it is a folder",
  ELOOP: "its links go in a circle",
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : reasons[code]) ?? quote((error as Error).message);
}
