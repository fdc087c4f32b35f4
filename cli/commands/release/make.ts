import { readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { chartsOf, imagesOf } from "../../../catalog";
import { lockText, withLockNamed } from "../../../fleet/lockText";
import type { LockedChart, LockedImage, Release, ReleaseLock } from "../../../fleet/model";
import { readFleet } from "../../../fleet/read";
import { readLock } from "../../../fleet/readLock";
import { LockJournal } from "../../../registry";
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
import { failuresOf, resolveAll, type Resolved, type Wanted } from "./resolve";

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
  const wanted = { images: imagesOf(release), charts: chartsOf(release) };
  const earlier = options.fresh === true ? undefined : await earlierLock(file);

  const out = outFolder(io, options, fleet.name);
  await claimOutFolder(out, fleet.name);
  const journal = await LockJournal.open(path.join(out, "locks", `${release.name}.jsonl`), registries.sourceOf(fleet));
  let done = false;
  try {
    const resolving = { fleet, wanted, earlier, journal, registries, signal };
    const resolved = await resolveAll(io, options, resolving);
    const failed = failuresOf(resolved);
    if (failed.length > 0) {
      report(io, options, release, { wanted, failed, file });
      return exitCode.failed;
    }
    const named = await write(file, release, resolved);
    done = true;
    report(io, options, release, { wanted, failed, file, named });
    return exitCode.done;
  } finally {
    await journal.close(done);
  }
}

/** What the lock has already; nothing if it cannot be read, because it is made anew then. */
async function earlierLock(file: ReleaseFile): Promise<ReleaseLock | undefined> {
  const text = await readFile(file.lockPath, "utf8").catch(() => undefined);
  return text === undefined ? undefined : readLock(file.lockName, text).lock;
}

/** @returns whether the release's file now names the lock. */
async function write(file: ReleaseFile, release: Release, { images, charts }: Resolved): Promise<boolean> {
  const lock = {
    release: release.name,
    digests: Object.fromEntries(images.map(({ image, result }) => [image.repository, result as LockedImage] as const)),
    charts: Object.fromEntries(charts.map(({ chart, result }) => [chart.name, result as LockedChart] as const)),
  };
  await writeFileAtomic(file.lockPath, lockText(lock));
  if (file.namesLock) return true;
  const changed = withLockNamed(file.text, release.name, file.lockName);
  if (changed === undefined) return false;
  await writeFileAtomic(file.path, changed);
  return true;
}

interface Report {
  readonly wanted: Wanted;
  readonly failed: readonly Failed[];
  readonly file: ReleaseFile;
  readonly named?: boolean;
}

function report(io: Io, { json }: LockOptions, release: Release, { wanted, failed, file, named }: Report): void {
  const findings = findingsOf(release, file, failed);
  const ok = failed.length === 0;
  if (json === true) {
    const lock = ok ? file.lockPath : undefined;
    const { images, charts } = wanted;
    printJson(io, { ok, release: release.name, lock, images: images.length, charts: charts.length, findings });
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
  const counted = `${plural(wanted.images.length, "image")} and ${plural(wanted.charts.length, "chart")}`;
  print(io, `${colors.green("locked:")} ${release.name}, ${counted} in ${file.lockPath}`);
  if (named === false) print(io, `Let the release name it: spec.lock: ${file.lockName} in ${file.path}`);
}
