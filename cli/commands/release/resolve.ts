import type { ReleaseChart, ReleaseImage } from "../../../catalog";
import type { Architecture, Fleet, LockedChart, LockedImage, ReleaseLock } from "../../../fleet/model";
import {
  type ChartLocking,
  lockCharts,
  type LockJournal,
  lockImages,
  type Locking,
  RegistryFailure,
} from "../../../registry";
import { print, type Io } from "../../io";
import type { Registries } from "../../registry/open";
import type { Failed } from "./findings";
import type { LockOptions } from "./lock";

/** What a lock has to hold. */
export interface Wanted {
  readonly images: readonly ReleaseImage[];
  readonly charts: readonly ReleaseChart[];
}

export interface Resolving {
  readonly fleet: Fleet;
  readonly wanted: Wanted;
  readonly earlier: ReleaseLock | undefined;
  readonly journal: LockJournal;
  readonly registries: Registries;
  readonly signal: AbortSignal;
}

/** What the registries said. */
export interface Resolved {
  readonly images: readonly Locking<ReleaseImage>[];
  readonly charts: readonly ChartLocking<ReleaseChart>[];
}

/** Asks for what neither the lock nor an earlier run has; tells each as it comes. */
export async function resolveAll(io: Io, { json, fresh }: LockOptions, resolving: Resolving): Promise<Resolved> {
  const { fleet, wanted, earlier, journal, registries, signal } = resolving;
  const ofFleet = [...new Set(fleet.sites.map((site) => site.architecture))].sort();
  const architectures = ({ forDriver }: ReleaseImage) => (forDriver === true ? [] : ofFleet);
  const client = registries.client(fleet);
  const total = wanted.images.length + wanted.charts.length;
  let count = 0;
  const tell = (name: string, result: LockedImage | LockedChart | RegistryFailure, asked: boolean): void => {
    count += 1;
    const at = `[${String(count).padStart(String(total).length)}/${total}]`;
    if (json !== true) print(io, `${at} ${name}  ${said(result)}${asked ? "" : "  kept"}`);
  };
  const { concurrency } = registries;
  const images = await lockImages(client, wanted.images, {
    architectures,
    concurrency,
    known: (image) =>
      lockedImage(earlier, image, architectures(image)) ?? (fresh === true ? undefined : journal.known(image)),
    onResult: async ({ image, result }, asked) => {
      if (asked && !(result instanceof RegistryFailure)) await journal.add(image, result);
      tell(`${image.repository}:${image.tag}`, result, asked);
    },
    signal,
  });
  const charts = await lockCharts(client, wanted.charts, {
    concurrency,
    known: (chart) => lockedChart(earlier, chart) ?? (fresh === true ? undefined : journal.knownChart(chart)),
    onResult: async ({ chart, result }, asked) => {
      if (asked && !(result instanceof RegistryFailure)) await journal.addChart(chart, result);
      tell(`${chart.location}:${chart.version}`, result, asked);
    },
    signal,
  });
  return { images, charts };
}

/** What an earlier lock has for an image's tag, if that is enough. */
function lockedImage(
  earlier: ReleaseLock | undefined,
  { repository, tag }: ReleaseImage,
  architectures: readonly Architecture[],
): LockedImage | undefined {
  const found = earlier?.digests[repository];
  return found?.tag === tag && architectures.every((one) => found[one] !== undefined) ? found : undefined;
}

function lockedChart(
  earlier: ReleaseLock | undefined,
  { name, version, repository }: ReleaseChart,
): LockedChart | undefined {
  const found = earlier?.charts?.[name];
  return found?.version === version && found.source === repository ? found : undefined;
}

function said(result: LockedImage | LockedChart | RegistryFailure): string {
  if (result instanceof RegistryFailure) return "failed";
  if ("archive" in result) return `${result.digest.slice(0, 19)}  chart`;
  const architectures = (["amd64", "arm64"] as const).filter((one) => result[one] !== undefined).join(" ");
  return `${result.index.slice(0, 19)}  ${architectures}`;
}

export function failuresOf({ images, charts }: Resolved): Failed[] {
  return [
    ...images.map(({ image, result }) => [image, result] as const),
    ...charts.map(({ chart, result }) => [chart, result] as const),
  ].flatMap(([{ component }, result]) => (result instanceof RegistryFailure ? [{ component, failure: result }] : []));
}
