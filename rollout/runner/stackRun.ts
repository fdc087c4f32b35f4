import { ConcurrentUpdateError, type EngineEvent } from "@pulumi/pulumi/automation";

import { RunCancelled, RunFailed, SiteUnreachable, StackLocked } from "../stackRunner";
import { removeUnreadableAttributes } from "./attributeFiles";
import { DriftReport } from "./driftReport";
import { fleetSalt, passphraseOf } from "./encryptionSalt";
import { EngineReport } from "./engineReport";
import { passFence } from "./fence";
import { siteLayout } from "./layout";
import { masker, secretsOf } from "./masking";
import type { Answer, WorkerRequest } from "./messages";
import type { EngineStack, OpenStack } from "./openStack";
import { changedFiles, recordRendered } from "./renderedListing";
import { readState, repairState, requireComparable } from "./repair";
import { SiteLog } from "./siteLog";
import { findStaleLocks } from "./stackLocks";
import { isLastSuccess, keepState, rememberSuccess } from "./stateBackup";
import { entrances, isUnreachable } from "./unreachable";
import { type Connect, noWay, type Way } from "./way";
import { prepareWorkDirectory } from "./workDirectory";

export interface StackRunOptions {
  readonly openStack: OpenStack;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (resources: number) => void;
  readonly onDoing?: (text: string) => void;
  /** Opens the way to the site; without it there is none, as for sites that are only rendered. */
  readonly connect?: Connect | undefined;
}

/** What the steps of one run share. */
interface Run {
  readonly request: WorkerRequest;
  readonly options: StackRunOptions;
  readonly passphrase: string;
  readonly mask: (text: string) => string;
  readonly log: SiteLog;
  readonly report: EngineReport;
  /** Open while the run lasts. */
  readonly way: Way;
}

/**
 * One verb on one site's stack, in this process. Before a change a copy of the state is kept, and what a killed run left
 * behind is put in order: a lock whose owner is proven dead is cancelled, and a state with operations that were under
 * way is repaired.
 * @throws RunFailed, RunCancelled, StackLocked or SiteUnreachable.
 */
export async function runStack(request: WorkerRequest, options: StackRunOptions): Promise<Answer> {
  const began = performance.now();
  const passphrase = await passphraseOf(options.environment);
  const mask = masker([...secretsOf(options.environment), passphrase]);
  const log = new SiteLog(siteLayout(request.outputDirectory, request.site.name).log, mask);
  const report = new EngineReport(options.onProgress);
  const known = { request, options, passphrase, mask, log, report };
  let way: Way | undefined;
  try {
    log.note(`${request.verb} of ${request.site.name} to release ${request.release.name}, run ${request.fencingToken}`);
    way = (await options.connect?.(request, options)) ?? noWay;
    const run: Run = { ...known, way };
    for (const note of way.notes) log.note(note);
    const answer = request.verb === "drift" ? await compare(run) : await change(run);
    const seconds = (performance.now() - began) / 1000;
    log.note(`done in ${seconds.toFixed(1)} s: ${JSON.stringify(answer.changes)}`);
    return { ...answer, seconds };
  } catch (error) {
    const failure = asRunError(error, known);
    log.note(`${failure.name}: ${failure.message}`);
    if (error instanceof Error && !(error === failure)) log.write(`${error.stack ?? error.message}\n`);
    throw failure;
  } finally {
    await way?.close();
    log.close();
  }
}

async function change(run: Run): Promise<Answer<"up">> {
  const { request, options, log, report } = run;
  const { verb, site, outputDirectory } = request;
  const { stack, notes } = await openInOrder(run);
  options.signal.throwIfAborted();
  const common = engineOptions(request, options.signal, log);
  const observed = { ...common, onEvent: report.take };
  if (verb === "up") await stack.up({ ...observed, showSecrets: false });
  else if (verb === "preview") await stack.preview(observed);
  else await stack.destroy(observed);
  if (verb === "up")
    await Promise.all([rememberSuccess, recordRendered].map((keep) => keep(outputDirectory, site.name)));
  return { resources: verb === "destroy" ? 0 : report.resources, changes: report.changes, seconds: 0, notes };
}

/** Writes neither state nor files, and takes no lock. */
async function compare({ request, options, passphrase, mask, log, report, way }: Run): Promise<Answer<"drift">> {
  const { site, outputDirectory, fencingToken } = request;
  const { workDirectory } = siteLayout(outputDirectory, site.name);
  await passFence(workDirectory, fencingToken);
  if ((await readState(outputDirectory, site.name)) === undefined) {
    throw new RunFailed(`${site.name} has no state to compare with: it has not been brought to a release here`);
  }
  const notes = [...way.notes, ...(await requireComparable(request))];
  await prepareWorkDirectory(request, await fleetSalt(outputDirectory, passphrase));
  const stack = await open(request, way, options.openStack);
  options.signal.throwIfAborted();
  // There is nothing to read for a rendered object; see `withoutRendered`.
  const refresh = site.target !== "render";
  const drift = new DriftReport();
  await stack.preview({
    ...engineOptions(request, options.signal, log),
    refresh,
    onEvent: (event) => {
      report.take(event);
      drift.take(event);
    },
  });
  const files = await changedFiles(outputDirectory, site.name);
  if (files === undefined) notes.push("no run has written down the site's files yet, so they were not compared");
  if ((await isLastSuccess(outputDirectory, site.name)) === false) {
    notes.push("the state is not the one that the last successful run left");
  }
  return { ...drift.result(files ?? [], mask), seconds: 0, notes };
}

async function openInOrder({
  request,
  options: { openStack, signal },
  passphrase,
  log,
  report,
  way,
}: Run): Promise<{ stack: EngineStack; notes: string[] }> {
  const { site, outputDirectory, fencingToken, verb } = request;
  const { workDirectory, locks, checkpoint } = siteLayout(outputDirectory, site.name);
  await passFence(workDirectory, fencingToken);
  const notes: string[] = [...way.notes];
  const stale = await findStaleLocks(site.name, locks, { wait: request.lockWait, signal });
  if (stale !== undefined) notes.push(stale);
  await removeUnreadableAttributes(checkpoint);
  let refresh = false;
  if (verb === "preview") {
    await requireComparable(request);
  } else {
    await readState(outputDirectory, site.name);
    await keepState(outputDirectory, site.name, { token: fencingToken, now: new Date() });
    const repaired = await repairState(request);
    refresh = repaired.refresh;
    if (repaired.note !== undefined) notes.push(repaired.note);
  }
  await prepareWorkDirectory(request, await fleetSalt(outputDirectory, passphrase));
  signal.throwIfAborted();
  const stack = await open(request, way, openStack);
  if (stale !== undefined) await stack.cancel();
  for (const note of notes.slice(way.notes.length)) log.note(note);
  if (refresh) {
    // Only what goes wrong is reported: the progress is the run's.
    const onEvent = ({ diagnosticEvent, ...event }: EngineEvent) =>
      report.take({
        sequence: event.sequence,
        timestamp: event.timestamp,
        ...(diagnosticEvent && { diagnosticEvent }),
      });
    await stack.refresh({ ...engineOptions(request, signal, log), clearPendingCreates: true, onEvent });
  }
  return { stack, notes };
}

function open(
  { site, release, fleet, signers, outputDirectory, scratch }: WorkerRequest,
  { access, environment: siteEnvironment }: Way,
  openStack: OpenStack,
) {
  const { workDirectory } = siteLayout(outputDirectory, site.name);
  return openStack({ site, release, fleet, signers, outputDirectory, workDirectory, scratch, access, siteEnvironment });
}

function engineOptions({ parallel }: WorkerRequest, signal: AbortSignal, log: SiteLog) {
  return { parallel, signal, onOutput: log.write, onError: log.write, color: "never" as const };
}

function asRunError(
  error: unknown,
  { request, options, report, mask }: Omit<Run, "way">,
): RunFailed | RunCancelled | StackLocked | SiteUnreachable {
  if (error instanceof RunFailed || error instanceof SiteUnreachable) return error;
  if (options.signal.aborted) return new RunCancelled("the run was asked to stop; its state is whole");
  if (error instanceof StackLocked) return error;
  const message = mask(report.failure(error));
  if (error instanceof ConcurrentUpdateError) return new StackLocked(`the stack is locked: ${message}`);
  if (request.site.target !== "render" && isUnreachable(report.messages(error), entrances(request.site))) {
    return new SiteUnreachable(message);
  }
  return new RunFailed(message, { cause: error });
}
