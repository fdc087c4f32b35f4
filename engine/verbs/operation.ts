import { resolve } from "node:path";

import { DiffDisplay } from "../display/diff/display";
import { DigestDisplay } from "../display/digest";
import { ProgressDisplay } from "../display/progress";
import { EngineError, ReportedError } from "../errors";
import { EventObserver } from "../events/events";
import { fanOut } from "../events/fan";
import { maskedObserver, maskOf } from "../events/masking";
import type { RunObserver } from "../events/observer";
import { openSink } from "../events/sinks";
import type { Run } from "../deployment/run";
import { Stopped } from "../deployment/run";
import { StackConfig } from "../project/config";
import { readPlan, writePlan } from "../plans/file";
import { Planning } from "../plans/planning";
import type { SecretCodec } from "../property/checkpoint";
import { EncryptingCodec } from "../secrets/manager";
import { addHistory } from "../state/history";
import type { StackName } from "../state/names";
import { makeUrn, ROOT_STACK_TYPE } from "../urn";
import { historyEntry } from "./entry";
import type { Operation, Prepared } from "./phases";
import { perform } from "./phases";
import type { Session } from "./session";
import { openState } from "./state";

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
    const codec = new EncryptingCodec(crypter);
    const planning = await planningOf(session, config, codec);
    await observed(session, operation, { project, name, config, state, planning });
    await savePlan(session, planning, codec);
  };
  await (operation.preview ? work() : (await session.backend()).lock(name).hold(work));
}

/** Plans cost something, so they are made only where they are asked for. */
async function planningOf(
  { args, folder }: Session,
  config: StackConfig,
  codec: SecretCodec,
): Promise<Planning | undefined> {
  const path = args.text("plan");
  if (path === undefined && args.text("save-plan") === undefined) {
    return undefined;
  }
  return new Planning(config.raw, path === undefined ? undefined : await readPlan(resolve(folder, path), codec));
}

async function savePlan(session: Session, planning: Planning | undefined, codec: SecretCodec): Promise<void> {
  const path = session.args.text("save-plan");
  if (path === undefined || planning === undefined) {
    return;
  }
  await writePlan(resolve(session.folder, path), planning.made, codec);
  if (!session.args.has("json")) {
    session.output.out(
      `Update plan written to '${path}'\n` +
        `Run \`pulumi up --plan='${path}'\` to constrain the update to the operations planned by this preview\n`,
    );
  }
}

async function observed(session: Session, operation: Operation, prepared: Prepared): Promise<void> {
  const { args } = session;
  const target = args.text("event-log");
  const sink = target === undefined ? undefined : openSink(target);
  const debug = args.has("debug");
  const mask = maskOf(prepared.config.secrets());
  const display = displayOf(session, operation, prepared);
  const told = fanOut([...(sink ? [new EventObserver(sink, operation.preview, debug)] : []), display]);
  const observer = mask === undefined ? told : maskedObserver(told, mask);
  try {
    await timed(session, operation, prepared, observer);
  } finally {
    observer.end();
    await sink?.close();
  }
}

function displayOf(session: Session, operation: Operation, { name }: Prepared): RunObserver {
  const { args, output } = session;
  const options = {
    title: `${operation.title} (${name.stack})`,
    preview: operation.preview,
    debug: args.has("debug"),
    suppressOutputs: args.has("suppress-outputs"),
    showSames: args.has("show-sames"),
    showReplacementSteps: args.has("show-replacement-steps"),
    // As the official CLI, which cuts nothing in a refresh.
    truncate: operation.kind !== "refresh" && !args.has("show-full-output"),
  };
  if (args.has("json")) {
    return new DigestDisplay(options, output.out);
  }
  if (args.has("diff")) {
    return new DiffDisplay(options, output.out, output.err);
  }
  return new ProgressDisplay(
    {
      ...options,
      progress: operation.progress,
      stackUrn: makeUrn(name.stack, name.project, "", ROOT_STACK_TYPE, rootName(name)),
      suppressProgress: args.has("suppress-progress"),
      showReads: args.has("show-reads"),
    },
    output.out,
  );
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
    const name = operation.preview && operation.kind === "update" ? "preview" : operation.kind;
    throw new EngineError(`no changes were expected for ${name} but changes were proposed`);
  }
}

function reported(failure: unknown, session: Session, operation: Operation): Error {
  if (failure instanceof Stopped) {
    const verb = operation.preview ? "preview" : operation.kind;
    return new ReportedError(session.signal.aborted ? `${verb} canceled` : `${verb} failed`);
  }
  return failure instanceof Error ? failure : new EngineError(String(failure));
}

function rootName(name: StackName): string {
  return `${name.project}-${name.stack}`;
}
