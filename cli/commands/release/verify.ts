import { chartsOf, imagesOf } from "../../../catalog";
import type { Release } from "../../../fleet/model";
import { type RegistryFailure, severalAtOnce, verifyChart, verifyImage } from "../../../registry";
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
  const questions: readonly Question[] = [
    ...imagesOf(release).flatMap((image) => {
      const locked = lock.digests[image.repository];
      return locked === undefined
        ? []
        : { kind: "image" as const, component: image.component, ask: () => verifyImage(client, image, locked, signal) };
    }),
    ...chartsOf(release).flatMap((chart) => {
      const locked = lock.charts?.[chart.name];
      return locked === undefined
        ? []
        : { kind: "chart" as const, component: chart.component, ask: () => verifyChart(client, chart, locked, signal) };
    }),
  ];
  const failed: Failed[] = [];
  await severalAtOnce(questions, { concurrency: registries.concurrency, signal }, async ({ component, ask }) => {
    for (const failure of await ask()) failed.push({ component, failure });
  });
  const count = (kind: Question["kind"]) => questions.filter((question) => question.kind === kind).length;
  await report(io, options, { release, folder, images: count("image"), charts: count("chart"), failed });
  return failed.length === 0 ? exitCode.done : exitCode.failed;
}

interface Question {
  readonly kind: "image" | "chart";
  readonly component: string;
  readonly ask: () => Promise<RegistryFailure[]>;
}

interface Verified {
  readonly release: Release;
  readonly folder: string;
  readonly images: number;
  readonly charts: number;
  readonly failed: readonly Failed[];
}

async function report(
  io: Io,
  { json }: LockOptions,
  { release, folder, images, charts, failed }: Verified,
): Promise<void> {
  const findings = findingsOf(release, await releaseFile(folder, release), failed);
  if (json === true) {
    printJson(io, { ok: findings.length === 0, release: release.name, images, charts, findings });
    return;
  }
  const colors = colorsOf(io);
  const counted = `${release.name}, ${plural(images, "image")} and ${plural(charts, "chart")}`;
  if (findings.length === 0) print(io, `${colors.green("as locked:")} ${counted}`);
  else print(io, `${formatFindings(findings, colors)}\n\n${colors.red("not as locked:")} ${counted}`);
  if (release.lock?.charts !== undefined || chartsOf(release).length === 0) return;
  print(io, `${colors.yellow("older form:")} the lock has no charts; run edgewave release lock ${release.name}`);
}
