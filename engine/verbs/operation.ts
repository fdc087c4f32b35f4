import { availableParallelism, arch, platform } from "node:os";

import { executeDeletes, planDeletes } from "../deployment/deletes";
import { refresh } from "../deployment/refresh";
import type { RunOptions } from "../deployment/run";
import { Run, Stopped } from "../deployment/run";
import { ProgressDisplay } from "../display/progress";
import { EngineError, ReportedError } from "../errors";
import { EventObserver } from "../events/events";
import { fanOut } from "../events/fan";
import type { RunObserver } from "../events/observer";
import { openSink } from "../events/sinks";
import { StackConfig } from "../project/config";
import type { Project } from "../project/project";
import type { PropertyMap } from "../property/value";
import type { Snapshot } from "../state/checkpoint";
import type { UpdateInfo } from "../state/history";
import { addHistory } from "../state/history";
import type { StackName } from "../state/names";
import { makeUrn, ROOT_STACK_TYPE } from "../urn";
import { runProgram } from "./program";
import type { Session } from "./session";
import type { OpenState } from "./state";
import { openState, stackOutputs } from "./state";

/** What kind of run this is. */
export interface Operation {
  readonly kind: "update" | "refresh" | "destroy";
  readonly preview: boolean;
  /** As in `Updating`. */
  readonly title: string;
  /** As in `updating`. */
  readonly progress: string;
}

interface Prepared {
  readonly project: Project;
  readonly name: StackName;
  readonly config: StackConfig;
  readonly state: OpenState;
  /** The last state of the run, for the display. */
  readonly latest: { outputs: PropertyMap | undefined };
}

/** Runs an update, a refresh or a destroy, under the stack's lock unless it is a preview. */
export async function operate(session: Session, operation: Operation): Promise<void> {
  const project = await session.project();
  const name = await session.stackName();
  if (name.project !== project.name) {
    throw new EngineError(`provided project name "${name.project}" doesn't match Pulumi.yaml`);
  }
  await session.checkpoint(name);
  const work = async () => {
    // Read under the lock: another process may have written in between.
    const raw = await session.checkpoint(name);
    const file = await session.stackFile(name);
    const crypter = await session.crypter(file);
    const config = StackConfig.of(project, file, crypter);
    const state = await openState(session, name, raw, crypter, file.salt as string);
    await observed(session, operation, { project, name, config, state, latest: { outputs: undefined } });
  };
  await (operation.preview ? work() : (await session.backend()).lock(name).hold(work));
}

async function observed(session: Session, operation: Operation, prepared: Prepared): Promise<void> {
  const { args } = session;
  const target = args.text("event-log");
  const sink = target === undefined ? undefined : openSink(target);
  const debug = args.has("debug");
  const display = new ProgressDisplay(
    {
      title: `${operation.title} (${prepared.name.stack})`,
      progress: operation.progress,
      stackUrn: makeUrn(prepared.name.stack, prepared.name.project, "", ROOT_STACK_TYPE, rootName(prepared.name)),
      preview: operation.preview,
      debug,
      suppressOutputs: args.has("suppress-outputs"),
      suppressProgress: args.has("suppress-progress"),
      oldOutputs: stackOutputs(prepared.state.snapshot),
      newOutputs: () => prepared.latest.outputs,
    },
    session.output.out,
  );
  const observer = fanOut([...(sink ? [new EventObserver(sink, operation.preview, debug)] : []), display]);
  try {
    await timed(session, operation, prepared, observer);
  } finally {
    observer.end();
    await sink?.close();
  }
}

async function timed(session: Session, operation: Operation, prepared: Prepared, observer: RunObserver): Promise<void> {
  const started = Date.now();
  observer.prelude(prepared.config.masked());
  const phases: Run[] = [];
  let failure: unknown;
  try {
    await perform(session, operation, prepared, observer, phases);
  } catch (error) {
    failure = error;
  }
  const last = phases[phases.length - 1];
  if (failure !== undefined && !(failure instanceof Stopped)) {
    last?.fail("", failure instanceof Error ? failure.message : String(failure));
  }
  if (failure instanceof Stopped) {
    const verb = operation.preview ? "preview" : operation.kind;
    last?.fail("", session.signal.aborted ? `${verb} canceled` : `${verb} failed`);
  }
  const changes = last?.changes ?? {};
  const succeeded = failure === undefined;
  observer.summary({ preview: operation.preview, seconds: (Date.now() - started) / 1000, changes, succeeded });
  if (!operation.preview) {
    const info = historyEntry(session, operation, prepared, { started, succeeded, changes });
    const backend = await session.backend();
    await addHistory(
      backend.historyFolder(prepared.name),
      prepared.name.stack,
      backend.checkpointPath(prepared.name),
      info,
    );
    await backend.finish(prepared.name);
  }
  if (failure !== undefined) {
    throw reported(failure, session, operation);
  }
  if (session.args.has("expect-no-changes") && Object.keys(changes).some((op) => op !== "same" && op !== "read")) {
    throw new EngineError(`no changes were expected but changes ${operation.preview ? "were proposed" : "occurred"}`);
  }
}

function reported(failure: unknown, session: Session, operation: Operation): Error {
  if (failure instanceof Stopped) {
    const verb = operation.preview ? "preview" : operation.kind;
    return new ReportedError(session.signal.aborted ? `${verb} canceled` : `${verb} failed`);
  }
  return failure instanceof Error ? failure : new EngineError(String(failure));
}

async function perform(
  session: Session,
  operation: Operation,
  prepared: Prepared,
  observer: RunObserver,
  phases: Run[],
): Promise<void> {
  let base: Snapshot = prepared.state.snapshot;
  const writer = operation.preview ? undefined : prepared.state.writer;
  const begin = (): Run => {
    const run = new Run(runOptions(session, operation, prepared, observer, base, writer));
    phases.push(run);
    return run;
  };
  if (base.pending.length > 0 && operation.kind !== "refresh" && !operation.preview) {
    warnOfPending(observer, base);
  }
  if (operation.kind === "refresh" || session.args.has("refresh")) {
    const run = begin();
    if (session.args.has("clear-pending-creates")) {
      base = { ...base, pending: [] };
    }
    base = await closing(run, async () => {
      const fresh = await refresh(run);
      run.journal.rebase({ ...fresh, pending: base.pending.filter(({ type }) => type === "creating") });
      return fresh;
    });
    prepared.latest.outputs = stackOutputs(base);
  }
  if (operation.kind === "update") {
    const run = begin();
    await closing(run, async () => {
      try {
        await runProgram(session, prepared.project, prepared.config, run);
      } finally {
        prepared.latest.outputs = stackOutputs(run.journal.snapshot());
      }
    });
  } else if (operation.kind === "destroy") {
    const run = begin();
    await closing(run, async () => executeDeletes(run, planDeletes(run)));
  }
}

/** Ends a phase whatever happened in it: the state is on disk, and the providers have ended. */
async function closing<T>(run: Run, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await run.journal.close();
    await run.instances.close();
  }
}

function runOptions(
  session: Session,
  operation: Operation,
  { project, name, config }: Prepared,
  observer: RunObserver,
  base: Snapshot,
  writer: RunOptions["writer"],
): RunOptions {
  const parallel = session.args.number("parallel") ?? availableParallelism() * 4;
  return {
    stack: name.stack,
    project: name.project,
    preview: operation.preview,
    parallel: parallel < 1 ? Infinity : parallel,
    replace: new Set(session.args.list("replace")),
    programFolder: project.programFolder,
    providers: session.providers,
    packageConfig: (pkg) => config.ofPackage(pkg),
    base,
    writer,
    observer,
    signal: session.signal,
  };
}

function rootName(name: StackName): string {
  return `${name.project}-${name.stack}`;
}

/** The official CLI's words; see `printPendingOperationsWarning` of `deployment_executor.go`. */
function warnOfPending(observer: RunObserver, { pending }: Snapshot): void {
  const list = pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join("");
  observer.diagnostic({
    urn: "",
    severity: "warning",
    message:
      `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n` +
      `${list}These resources are in an unknown state because the engine was interrupted while waiting for changes to ` +
      "these resources to complete. You should confirm whether or not the operations listed completed successfully.\n\n" +
      "Once you have confirmed the status of the interrupted operations, you can repair your stack using " +
      "`pulumi refresh`, which reads the state from the provider; with `--clear-pending-creates` it also forgets " +
      "interrupted creates.",
    streamId: 0,
    ephemeral: false,
  });
}

function historyEntry(
  session: Session,
  operation: Operation,
  { config }: Prepared,
  end: { readonly started: number; readonly succeeded: boolean; readonly changes: Readonly<Record<string, number>> },
): UpdateInfo {
  const { args } = session;
  const agent = args.text("exec-agent");
  return {
    kind: operation.kind,
    startTime: Math.floor(end.started / 1000),
    message: args.text("message") ?? "",
    environment: {
      "exec.kind": args.text("exec-kind") ?? "cli",
      ...(agent === undefined ? {} : { "exec.agent": agent }),
      "pulumi.arch": arch() === "x64" ? "amd64" : arch(),
      "pulumi.os": platform(),
      "pulumi.version": "",
      "runtime.name": "nodejs",
      "runtime.version": process.version,
    },
    config: config.raw,
    version: 0,
    result: end.succeeded ? "succeeded" : "failed",
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges: end.changes,
  };
}
