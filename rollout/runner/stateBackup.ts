import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import writeFileAtomic from "write-file-atomic";

import { ifThere } from "./ifThere";
import { siteLayout } from "./layout";

/** How many copies of a site's state are kept. */
const copiesKept = 5;
/** What is known of the copies without reading them. */
const indexFile = ".index.json";
const copyName = /^\d{8}T\d{9}Z-\d+\.json$/;

interface Index {
  /** Digest of the state that the last successful run left. */
  readonly success?: string;
  /** Digests of the copies, by file name. */
  readonly copies: Readonly<Record<string, string>>;
}

interface CheckpointFile {
  readonly version?: number;
  readonly features?: readonly string[];
  readonly checkpoint?: { readonly latest?: Deployment };
}

interface Deployment {
  readonly resources?: readonly unknown[];
  readonly pending_operations?: readonly unknown[];
}

/** What `stack export` writes: `apitype.UntypedDeployment` of pulumi/pulumi. Secrets stay encrypted. */
interface ExportedState {
  readonly version: number;
  readonly features?: readonly string[];
  readonly deployment: Deployment;
}

/**
 * Keeps a copy of a site's state as `pulumi stack export` would write it, before a run changes it:
 * `<out>/backups/<site>/<time>-<fencing token>.json`, mode 0600, on the disk when this resolves. The newest five are
 * kept, and one of the state that the last success left, if there is one. A state that the newest copy holds already is
 * not copied again, nor is one without resources.
 * @returns the copy's path, or that of the newest one if nothing has changed; undefined if there is nothing to keep.
 * @throws SyntaxError if the state is no JSON.
 */
export async function keepState(
  outputDirectory: string,
  site: string,
  run: { readonly token: number; readonly now: Date },
): Promise<string | undefined> {
  const { checkpoint, backups } = siteLayout(outputDirectory, site);
  const state = exported(await ifThere(() => readFile(checkpoint, "utf8")));
  if (state === undefined) return undefined;
  await mkdir(backups, { recursive: true, mode: 0o700 });
  const { success, copies: known } = await readIndex(backups);
  const names = await copies(backups);
  const [newest] = names;
  const wanted = digest(state);
  if (newest !== undefined && known[newest] === wanted) return join(backups, newest);
  const name = `${run.now.toISOString().replace(/[-:.]/g, "")}-${run.token}.json`;
  await writeDurably(join(backups, name), `${JSON.stringify(state, undefined, 4)}\n`);
  const all = [name, ...names].map((copy) => ({ name: copy, digest: copy === name ? wanted : known[copy] }));
  const gone = superfluous(all, success);
  const stay = all.filter((copy) => !gone.includes(copy.name) && copy.digest !== undefined);
  await writeIndex(backups, {
    ...(success === undefined ? {} : { success }),
    copies: Object.fromEntries(stay.map((copy) => [copy.name, copy.digest as string])),
  });
  for (const copy of gone) await rm(join(backups, copy), { force: true });
  return join(backups, name);
}

/** Remembers what state a successful run left, so that a copy of it is kept. */
export async function rememberSuccess(outputDirectory: string, site: string): Promise<void> {
  const { checkpoint, backups } = siteLayout(outputDirectory, site);
  const state = exported(await ifThere(() => readFile(checkpoint, "utf8")));
  if (state === undefined) return;
  await mkdir(backups, { recursive: true, mode: 0o700 });
  const index = await readIndex(backups);
  const success = digest(state);
  if (index.success !== success) await writeIndex(backups, { ...index, success });
}

/** Whether a site's state is the one that its last successful run left; undefined if nobody can tell. */
export async function isLastSuccess(outputDirectory: string, site: string): Promise<boolean | undefined> {
  const { checkpoint, backups } = siteLayout(outputDirectory, site);
  const { success } = await readIndex(backups);
  const state = exported(await ifThere(() => readFile(checkpoint, "utf8")));
  return success === undefined || state === undefined ? undefined : digest(state) === success;
}

/** Absolute path of the newest copy of a site's state; undefined if there is none. */
export async function newestBackup(outputDirectory: string, site: string): Promise<string | undefined> {
  const { backups } = siteLayout(outputDirectory, site);
  const [newest] = await copies(backups);
  return newest === undefined ? undefined : join(backups, newest);
}

/** What a person does with a copy. */
export function howToRestore(outputDirectory: string, site: string, copy: string): string {
  const { workDirectory } = siteLayout(outputDirectory, site);
  return (
    `the newest copy of its state is ${copy}; put it back by \`pulumi stack import --file ${copy}\` in ${workDirectory} ` +
    `(if the stack is gone, after \`pulumi stack init ${site}\`)`
  );
}

/**
 * Which copies may go. Pure.
 * @param newestFirst names and digests of the copies.
 * @param success digest of the state that the last success left, if known.
 */
export function superfluous(
  newestFirst: readonly { readonly name: string; readonly digest: string | undefined }[],
  success: string | undefined,
  kept = copiesKept,
): string[] {
  const stay = newestFirst.slice(0, kept);
  const older = newestFirst.slice(kept);
  const isSuccess = (copy: { readonly digest: string | undefined }) => success !== undefined && copy.digest === success;
  const saved = stay.some(isSuccess) ? undefined : older.find(isSuccess);
  return older.filter((copy) => copy !== saved).map(({ name }) => name);
}

async function copies(folder: string): Promise<string[]> {
  const names = (await ifThere(() => readdir(folder))) ?? [];
  return names.filter((name) => copyName.test(name)).sort((a, b) => (a < b ? 1 : -1));
}

/** An index that is missing, or that somebody else has written, says nothing: copies are then made anew. */
async function readIndex(folder: string): Promise<Index> {
  const text = await ifThere(() => readFile(join(folder, indexFile), "utf8"));
  try {
    const { success, copies: known } = JSON.parse(text ?? "{}") as Partial<Index>;
    return { ...(typeof success === "string" ? { success } : {}), copies: known ?? {} };
  } catch {
    return { copies: {} };
  }
}

async function writeIndex(folder: string, index: Index): Promise<void> {
  await writeFileAtomic(join(folder, indexFile), JSON.stringify(index), { mode: 0o600, fsync: false });
}

function exported(checkpoint: string | undefined): ExportedState | undefined {
  if (checkpoint === undefined) return undefined;
  const { version = 3, features, checkpoint: { latest } = {} } = JSON.parse(checkpoint) as CheckpointFile;
  if (latest === undefined || latest === null) return undefined;
  if ((latest.resources ?? []).length === 0 && (latest.pending_operations ?? []).length === 0) return undefined;
  return { version, ...(features === undefined ? {} : { features }), deployment: latest };
}

/** Hex SHA-256 over what a state says of resources; its time stamp changes with every run. */
function digest({ deployment: { resources = [], pending_operations = [] } }: ExportedState): string {
  return createHash("sha256")
    .update(JSON.stringify([resources, pending_operations]))
    .digest("hex");
}

/** A file that is whole and on the disk, also after the machine has lost its power (fsync(2) of its folder too). */
async function writeDurably(file: string, text: string): Promise<void> {
  await writeFileAtomic(file, text, { mode: 0o600 });
  const folder = await open(join(file, ".."), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
