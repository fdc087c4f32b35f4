import { imagesOf, type ReleaseImage } from "../../../catalog";
import type { Release, ReleaseLock } from "../../../fleet/model";
import { severalAtOnce, verifyImage } from "../../../registry";
import { exitCode, type ExitCode } from "../../exitCodes";
import { colorsOf, print, printJson, type Io } from "../../io";
import { chooseOnlyRelease, chooseRelease, loadFleet } from "../../load";
import { formatFindings, plural } from "../../printing/findings";
import type { Registries } from "../../registry/open";
import { UserError } from "../../userError";
import { findingsOf, type Failed } from "./findings";
import type { LockOptions } from "./lock";
import { releaseFile } from "./releaseFile";

/** Asks registries again for everything that is locked; writes nothing. */
export async function verifyLock(
  io: Io,
  name: string | undefined,
  options: LockOptions,
  registries: Registries,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { fleet, folder } = await loadFleet(io, options);
  const release = name === undefined ? chooseOnlyRelease(fleet) : chooseRelease(fleet, name);
  const { lock } = release;
  if (lock === undefined) {
    const hint = `Run edgewave release lock ${release.name}.`;
    throw new UserError("EDGE-CLI-084", `release ${release.name} is not locked`, hint);
  }
  const client = registries.client(fleet);
  const images = imagesOf(release).filter(({ repository }) => lock.digests[repository] !== undefined);
  const failed: Failed[] = [];
  await severalAtOnce(images, { concurrency: registries.concurrency, signal }, async (image) => {
    for (const failure of await verifyImage(client, image, lockedOf(lock, image), signal)) {
      failed.push({ image, failure });
    }
  });
  await report(io, options, { release, folder, images: images.length, failed });
  return failed.length === 0 ? exitCode.done : exitCode.failed;
}

const lockedOf = ({ digests }: ReleaseLock, { repository }: ReleaseImage) =>
  digests[repository] as NonNullable<ReleaseLock["digests"][string]>;

interface Verified {
  readonly release: Release;
  readonly folder: string;
  readonly images: number;
  readonly failed: readonly Failed[];
}

async function report(io: Io, { json }: LockOptions, { release, folder, images, failed }: Verified): Promise<void> {
  const findings = findingsOf(release, await releaseFile(folder, release), failed);
  if (json === true) {
    printJson(io, { ok: findings.length === 0, release: release.name, images, findings });
    return;
  }
  const colors = colorsOf(io);
  const counted = `${release.name}, ${plural(images, "image")}`;
  if (findings.length === 0) print(io, `${colors.green("as locked:")} ${counted}`);
  else print(io, `${formatFindings(findings, colors)}\n\n${colors.red("not as locked:")} ${counted}`);
}
