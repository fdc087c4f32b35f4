import { existsSync } from "node:fs";

import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";

import { RunCancelled, RunFailed, type RunResult, StackLocked } from "../stackRunner";
import { removeUnreadableAttributes } from "./attributeFiles";
import { pendingOperations } from "./checkpoint";
import { fleetSalt, passphraseOf } from "./encryptionSalt";
import { EngineReport } from "./engineReport";
import { passFence } from "./fence";
import { siteLayout } from "./layout";
import { masker, secretsOf } from "./masking";
import type { WorkerRequest } from "./messages";
import type { EngineStack, OpenStack } from "./openStack";
import { SiteLog } from "./siteLog";
import { findStaleLocks } from "./stackLocks";
import { forgetRendered } from "./renderedState";
import { movedFrom, prepareWorkDirectory } from "./workDirectory";

export interface StackRunOptions {
  readonly openStack: OpenStack;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (resources: number) => void;
}

/**
 * One verb on one site's stack, in this process. What a killed run left behind is put in order first: a lock whose owner
 * is proven dead is cancelled, and where operations were under way all files are rendered anew.
 * @throws RunFailed, RunCancelled or StackLocked.
 */
export async function runStack(request: WorkerRequest, options: StackRunOptions): Promise<RunResult> {
  const began = performance.now();
  const passphrase = await passphraseOf(options.environment);
  const mask = masker([...secretsOf(options.environment), passphrase]);
  const log = new SiteLog(siteLayout(request.outputDirectory, request.site.name).log, mask);
  const report = new EngineReport(options.onProgress);
  try {
    log.note(`${request.verb} of ${request.site.name} to release ${request.release.name}, run ${request.fencingToken}`);
    const { stack, notes } = await openInOrder(request, options, passphrase, log);
    options.signal.throwIfAborted();
    await engineRun(stack, request, options.signal, log, report);
    const seconds = (performance.now() - began) / 1000;
    log.note(`done in ${seconds.toFixed(1)} s: ${JSON.stringify(report.changes)}`);
    const resources = request.verb === "destroy" ? 0 : report.resources;
    return { resources, changes: report.changes, seconds, notes };
  } catch (error) {
    const failure = asRunError(error, options.signal, report, mask);
    log.note(`${failure.name}: ${failure.message}`);
    if (error instanceof Error && !(error === failure)) log.write(`${error.stack ?? error.message}\n`);
    throw failure;
  } finally {
    log.close();
  }
}

async function openInOrder(
  request: WorkerRequest,
  { openStack, signal }: StackRunOptions,
  passphrase: string,
  log: SiteLog,
): Promise<{ stack: EngineStack; notes: string[] }> {
  const { site, release, fleet, signers, outputDirectory } = request;
  const { workDirectory, locks, checkpoint } = siteLayout(outputDirectory, site.name);
  await passFence(workDirectory, request.fencingToken);
  const notes: string[] = [];
  const stale = await findStaleLocks(site.name, locks, { wait: request.lockWait, signal });
  await removeUnreadableAttributes(checkpoint);
  const repaired = await repair(request);
  if (repaired !== undefined) notes.push(repaired);
  await prepareWorkDirectory(request, await fleetSalt(outputDirectory, passphrase));
  signal.throwIfAborted();
  const stack = await openStack({ site, release, fleet, signers, outputDirectory, workDirectory });
  if (stale !== undefined) {
    await stack.cancel();
    notes.unshift(stale);
  }
  for (const note of notes) log.note(note);
  return { stack, notes };
}

/**
 * Puts in order what is not as the last success left it: an interrupted run's pending operations, files that somebody
 * changed or removed, or an output folder that is a copy. Every file of a rendered site can be made again, so they are
 * all forgotten and rendered anew. Nobody holds the stack's lock when this is called.
 * @returns what was done, for people; undefined if there was nothing to do.
 */
async function repair(request: WorkerRequest): Promise<string | undefined> {
  const { site, outputDirectory, verb } = request;
  const { checkpoint, rendered } = siteLayout(outputDirectory, site.name);
  if (!existsSync(checkpoint)) return undefined;
  const moved = await movedFrom(outputDirectory, site.name);
  if (verb === "preview") {
    if (moved === undefined) return undefined;
    throw new RunFailed(
      `the output folder was moved or copied from ${moved}, so a preview would compare with files that are elsewhere. ` +
        `Run the site once (edgewave rollout, or edgewave site up ${site.name}); then preview`,
    );
  }
  const pending = await pendingOperations(checkpoint);
  const operations = pending.map(({ type, urn }) => `${type} ${urn.split("::").at(-1)}`).join(", ");
  const reasons = [
    ...(pending.length > 0 ? [`an interrupted run left ${operations}`] : []),
    ...(moved === undefined ? [] : [`the output folder was moved or copied from ${moved}`]),
    ...(request.touched ? ["its state or files are not what the last success left"] : []),
  ];
  if (reasons.length === 0) return undefined;
  await forgetRendered(checkpoint, rendered);
  return `rendered all files anew, because ${reasons.join(" and ")}`;
}

async function engineRun(
  stack: EngineStack,
  { verb, parallel }: WorkerRequest,
  signal: AbortSignal,
  log: SiteLog,
  report: EngineReport,
): Promise<void> {
  const options = { parallel, signal, onEvent: report.take, ...output(log) };
  if (verb === "up") await stack.up({ ...options, showSecrets: false });
  else if (verb === "preview") await stack.preview(options);
  else await stack.destroy(options);
}

function output(log: SiteLog) {
  return { onOutput: log.write, onError: log.write, color: "never" as const };
}

function asRunError(
  error: unknown,
  signal: AbortSignal,
  report: EngineReport,
  mask: (text: string) => string,
): RunFailed | RunCancelled | StackLocked {
  if (error instanceof RunFailed) return error;
  if (signal.aborted) return new RunCancelled("the run was asked to stop; its state is whole");
  if (error instanceof StackLocked) return error;
  const message = mask(report.failure(error));
  if (error instanceof ConcurrentUpdateError) return new StackLocked(`the stack is locked: ${message}`);
  return new RunFailed(message, { cause: error });
}
