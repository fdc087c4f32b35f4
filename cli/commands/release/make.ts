import { readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { imagesOf, type ReleaseImage } from "../../../catalog";
import { lockText, withLockNamed } from "../../../fleet/lockText";
import type { Fleet, LockedImage, Release, ReleaseLock } from "../../../fleet/model";
import { readFleet } from "../../../fleet/read";
import { readLock } from "../../../fleet/readLock";
import { LockJournal, lockImages, RegistryFailure, type Locking } from "../../../registry";
import { exitCode, type ExitCode } from "../../exitCodes";
import { colorsOf, print, printJson, type Io } from "../../io";
import { chooseOnlyRelease, chooseRelease, FleetHasFindings } from "../../load";
import { outFolder } from "../../options";
import { claimOutFolder } from "../../outFolder";
import { formatFindings, plural } from "../../printing/findings";
import type { Registries } from "../../registry/open";
import type { LockOptions } from "./lock";
import { findingsOf, type Failed } from "./findings";
import { releaseFile, type ReleaseFile } from "./releaseFile";

/** Resolves what is missing and writes the lock, then lets the release name it. Nothing is written if anything fails. */
export async function makeLock(
  io: Io,
  name: string | undefined,
  options: LockOptions,
  registries: Registries,
  signal: AbortSignal,
): Promise<ExitCode> {
  const folder = path.resolve(io.cwd, options.fleet);
  const { fleet, findings } = await readFleet(folder, undefined, { ignoreLocks: true });
  if (fleet === undefined) throw new FleetHasFindings(folder, findings);
  const release = name === undefined ? chooseOnlyRelease(fleet) : chooseRelease(fleet, name);
  const file = await releaseFile(folder, release);
  const images = imagesOf(release);
  const earlier = options.fresh === true ? undefined : await earlierLock(file);

  const out = outFolder(io, options, fleet.name);
  await claimOutFolder(out, fleet.name);
  const journal = await LockJournal.open(path.join(out, "locks", `${release.name}.jsonl`), registries.sourceOf(fleet));
  let done = false;
  try {
    const results = await resolveAll(io, options, { fleet, images, earlier, journal, registries, signal });
    const failed = failuresOf(results);
    if (failed.length > 0) {
      report(io, options, release, { results, failed, file });
      return exitCode.failed;
    }
    const named = await write(file, release, results);
    done = true;
    report(io, options, release, { results, failed, file, named });
    return exitCode.done;
  } finally {
    await journal.close(done);
  }
}

interface Resolving {
  readonly fleet: Fleet;
  readonly images: readonly ReleaseImage[];
  readonly earlier: ReleaseLock | undefined;
  readonly journal: LockJournal;
  readonly registries: Registries;
  readonly signal: AbortSignal;
}

async function resolveAll(
  io: Io,
  { json, fresh }: LockOptions,
  resolving: Resolving,
): Promise<Locking<ReleaseImage>[]> {
  const { fleet, images, earlier, journal, registries, signal } = resolving;
  const ofFleet = [...new Set(fleet.sites.map((site) => site.architecture))].sort();
  const architectures = ({ forDriver }: ReleaseImage) => (forDriver === true ? [] : ofFleet);
  const locked = (image: ReleaseImage): LockedImage | undefined => {
    const found = earlier?.digests[image.repository];
    return found?.tag === image.tag && architectures(image).every((one) => found[one] !== undefined)
      ? found
      : undefined;
  };
  let count = 0;
  return await lockImages(registries.client(fleet), images, {
    architectures,
    concurrency: registries.concurrency,
    known: (image) => locked(image) ?? (fresh === true ? undefined : journal.known(image)),
    onResult: async ({ image, result }, asked) => {
      if (asked && !(result instanceof RegistryFailure)) await journal.add(image, result);
      count += 1;
      if (json !== true) print(io, progressLine(count, images.length, image, result, asked));
    },
    signal,
  });
}

function progressLine(
  count: number,
  total: number,
  { repository, tag }: ReleaseImage,
  result: LockedImage | RegistryFailure,
  asked: boolean,
): string {
  const at = `[${String(count).padStart(String(total).length)}/${total}]`;
  const name = `${repository}:${tag}`;
  if (result instanceof RegistryFailure) return `${at} ${name}  failed`;
  const architectures = (["amd64", "arm64"] as const).filter((one) => result[one] !== undefined).join(" ");
  return `${at} ${name}  ${result.index.slice(0, 19)}  ${architectures}${asked ? "" : "  kept"}`;
}

function failuresOf(results: readonly Locking<ReleaseImage>[]): Failed[] {
  return results.flatMap(({ image, result }) =>
    result instanceof RegistryFailure ? [{ image, failure: result }] : [],
  );
}

/** What the lock has already; nothing if it cannot be read, because it is made anew then. */
async function earlierLock(file: ReleaseFile): Promise<ReleaseLock | undefined> {
  const text = await readFile(file.lockPath, "utf8").catch(() => undefined);
  return text === undefined ? undefined : readLock(file.lockName, text).lock;
}

/** @returns whether the release's file now names the lock. */
async function write(file: ReleaseFile, release: Release, results: readonly Locking<ReleaseImage>[]): Promise<boolean> {
  const digests = Object.fromEntries(
    results.map(({ image, result }) => [image.repository, result as LockedImage] as const),
  );
  await writeFileAtomic(file.lockPath, lockText({ release: release.name, digests }));
  if (file.namesLock) return true;
  const changed = withLockNamed(file.text, release.name, file.lockName);
  if (changed === undefined) return false;
  await writeFileAtomic(file.path, changed);
  return true;
}

interface Report {
  readonly results: readonly Locking<ReleaseImage>[];
  readonly failed: readonly Failed[];
  readonly file: ReleaseFile;
  readonly named?: boolean;
}

function report(io: Io, { json }: LockOptions, release: Release, { results, failed, file, named }: Report): void {
  const findings = findingsOf(release, file, failed);
  const ok = failed.length === 0;
  if (json === true) {
    const lock = ok ? file.lockPath : undefined;
    printJson(io, { ok, release: release.name, lock, images: results.length, findings });
    return;
  }
  const colors = colorsOf(io);
  if (!ok) {
    print(io, `\n${formatFindings(findings, colors)}\n`);
    print(
      io,
      `${colors.red("not locked:")} ${release.name}; nothing was written, and what was resolved is kept for a day`,
    );
    return;
  }
  print(io, `${colors.green("locked:")} ${release.name}, ${plural(results.length, "image")} in ${file.lockPath}`);
  if (named === false) print(io, `Let the release name it: spec.lock: ${file.lockName} in ${file.path}`);
}
