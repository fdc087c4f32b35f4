import type { LockedChart } from "../fleet/model";
import type { RegistryClient } from "./client";
import { orFailure, RegistryFailure } from "./failure";
import { chartContent, chartOf, parseManifest } from "./manifest";
import { severalAtOnce } from "./severalAtOnce";

export interface WantedChart {
  readonly name: string;
  /** Where it is asked for, such as `charts/loki`; the first part stands for a registry in a `RegistryMap`. */
  readonly location: string;
  /** Its tag too. */
  readonly version: string;
  /** Upstream repository that it is from. Not asked: most are no OCI registries, and sites get what the hub has. */
  readonly repository: string;
}

type Client = Pick<RegistryClient, "manifest" | "blob">;

/**
 * Asks the fleet's registry what a chart's tag is. Its configuration and its content are fetched too, so that every digest
 * that is returned has been computed here.
 * @throws RegistryFailure
 */
export async function resolveChart(client: Client, chart: WantedChart, signal: AbortSignal): Promise<LockedChart> {
  const { location, version, repository: source } = chart;
  const name = `${location}:${version}`;
  const top = await client.manifest(location, version, signal);
  const manifest = parseManifest(name, top);
  const content = chartContent(name, manifest);
  // What `chartContent` takes is an image's manifest.
  const { digest: config } = (manifest as Extract<typeof manifest, { kind: "image" }>).config;
  const told = chartOf(name, await client.blob(location, config, signal));
  if (told.name !== chart.name || told.version !== version) {
    const message = `${name} is the chart ${told.name} ${told.version}`;
    throw new RegistryFailure("EDGE-LOCK-009", message);
  }
  const { bytes, digest: archive } = await client.blob(location, content.digest, signal);
  if (bytes.length !== content.size) {
    const message = `${location}@${archive} has ${bytes.length} bytes, and its manifest says ${content.size}`;
    throw new RegistryFailure("EDGE-LOCK-002", message);
  }
  return { version, source, digest: top.digest, archive };
}

export interface ChartLocking<Chart extends WantedChart> {
  readonly chart: Chart;
  /** What was resolved, or why it was not. */
  readonly result: LockedChart | RegistryFailure;
}

export interface LockChartsOptions<Chart extends WantedChart> {
  /** Charts asked for at a time. */
  readonly concurrency: number;
  /** What an earlier run has resolved. */
  readonly known?: (chart: Chart) => LockedChart | undefined;
  /** Told of each as it comes, in no order; awaited before the next one is asked for. */
  readonly onResult?: (locking: ChartLocking<Chart>, fresh: boolean) => Promise<void> | void;
  readonly signal: AbortSignal;
}

/**
 * Resolves charts, several at a time. One failure does not end the others, so that all are told at once.
 * @returns in the order of `charts`
 * @throws what aborted the signal
 */
export async function lockCharts<Chart extends WantedChart>(
  client: Client,
  charts: readonly Chart[],
  { concurrency, known, onResult, signal }: LockChartsOptions<Chart>,
): Promise<ChartLocking<Chart>[]> {
  const results: ChartLocking<Chart>[] = [];
  await severalAtOnce(charts, { concurrency, signal }, async (chart, index) => {
    const earlier = known?.(chart);
    const result = earlier ?? (await orFailure(resolveChart(client, chart, signal)));
    results[index] = { chart, result };
    await onResult?.({ chart, result }, earlier === undefined);
  });
  return results;
}

/**
 * Asks the registry again for a locked chart: by digest, whether it is still there; by tag, whether it still is what the
 * tag names.
 * @returns what is wrong; nothing if all is as it was locked
 * @throws what aborted the signal
 */
export async function verifyChart(
  client: Client,
  chart: WantedChart,
  locked: LockedChart,
  signal: AbortSignal,
): Promise<RegistryFailure[]> {
  const name = `${chart.location}:${chart.version}`;
  const there = await orFailure(client.manifest(chart.location, locked.digest, signal));
  const now = await orFailure(resolveChart(client, chart, signal));
  const found: RegistryFailure[] = [];
  if (there instanceof RegistryFailure) {
    const gone = `${name} was locked as ${locked.digest}, which the registry no longer has`;
    found.push(there.code === "EDGE-LOCK-001" ? new RegistryFailure("EDGE-LOCK-008", gone) : there);
  }
  if (now instanceof RegistryFailure) {
    // What is wrong with the registry is said once.
    if (found.every(({ message }) => message !== now.message)) found.push(now);
  } else if (now.digest !== locked.digest) {
    const what = now.archive === locked.archive ? " with the same packed chart in it" : "";
    const message = `${name} was ${locked.digest} and is ${now.digest} now${what}`;
    found.push(new RegistryFailure("EDGE-LOCK-007", message));
  }
  return found;
}
