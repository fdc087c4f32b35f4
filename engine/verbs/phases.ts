import { availableParallelism } from "node:os";

import { executeDeletes, planDeletes } from "../deployment/deletes";
import { builtinProvider } from "../deployment/stackReferences";
import { refresh } from "../deployment/refresh";
import type { RunOptions } from "../deployment/run";
import { Run, Stopped } from "../deployment/run";
import { requireReplaced, requireTargets, requireTargetsInState } from "../deployment/untouched";
import { EngineError } from "../errors";
import type { RunObserver } from "../events/observer";
import type { StackConfig } from "../project/config";
import type { Planning } from "../plans/planning";
import type { Project } from "../project/project";
import type { Snapshot } from "../state/checkpoint";
import { neededBy } from "../steps/graph";
import { Selection, UrnPatterns } from "../steps/targets";
import type { StackName } from "../state/names";
import { runProgram } from "./program";
import type { Session } from "./session";
import type { OpenState } from "./state";
import { outputsOfStack } from "./state";

/** What kind of run this is. */
export interface Operation {
  readonly kind: "update" | "refresh" | "destroy";
  readonly preview: boolean;
  /** As in `Updating`. */
  readonly title: string;
  /** As in `updating`. */
  readonly progress: string;
}

/** What a run starts from. */
export interface Prepared {
  readonly project: Project;
  readonly name: StackName;
  readonly config: StackConfig;
  readonly state: OpenState;
  /** The plan that an update makes or keeps to. */
  readonly planning: Planning | undefined;
}

/**
 * Does what the operation is made of: a refresh if that is asked for, then the program or the deletes.
 *
 * @param phases gets each run as it begins.
 * @throws Stopped if one failed; what went wrong has then been reported.
 */
export async function perform(
  session: Session,
  operation: Operation,
  prepared: Prepared,
  observer: RunObserver,
  phases: Run[],
): Promise<void> {
  requireOneSelection(session);
  let base: Snapshot = prepared.state.snapshot;
  const writer = operation.preview ? undefined : prepared.state.writer;
  const begin = (planning?: Planning): Run => {
    const options = runOptions(session, operation, prepared, observer, base, writer);
    const run = new Run(planning === undefined ? options : { ...options, planning });
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
      (operation.kind === "update" ? requireTargets : requireTargetsInState)(run);
      const fresh = await refresh(run);
      run.journal.rebase({ ...fresh, pending: base.pending.filter(({ type }) => type === "creating") });
      return fresh;
    });
  }
  if (operation.kind === "update") {
    const run = begin(prepared.planning);
    await closing(run, async () => {
      requireReplaced(run);
      await runProgram(session, prepared.project, prepared.config, run);
    });
  } else if (operation.kind === "destroy") {
    const run = begin();
    await closing(run, async () => {
      requireTargetsInState(run);
      await executeDeletes(run, planDeletes(run));
      if (run.failed) {
        throw new Stopped();
      }
    });
  }
}

function requireOneSelection({ args }: Session): void {
  const excludes = ["exclude", "exclude-protected"].find((flag) => args.text(flag) !== undefined && args.has(flag));
  if (excludes !== undefined && (args.text("target") !== undefined || args.text("target-replace") !== undefined)) {
    throw new EngineError(`you cannot specify --target and --${excludes}`);
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
    replace: new UrnPatterns([...session.args.list("replace"), ...session.args.list("target-replace")]),
    selection: new Selection({
      targets: [...session.args.list("target"), ...session.args.list("target-replace")],
      targetDependents: session.args.has("target-dependents"),
      excludes: [...session.args.list("exclude"), ...(operation.kind === "destroy" ? guarded(session, base) : [])],
      excludeDependents: session.args.has("exclude-dependents"),
    }),
    continueOnError: session.args.has("continue-on-error"),
    programFolder: project.programFolder,
    environment: session.env,
    providers: [...session.providers, builtinProvider((stack) => outputsOfStack(session, stack))],
    packageConfig: (pkg) => config.ofPackage(pkg),
    base,
    writer,
    observer,
    signal: session.signal,
  };
}

/** What `--exclude-protected` leaves: the protected resources, and what they need. */
function guarded(session: Session, { resources }: Snapshot): string[] {
  if (!session.args.has("exclude-protected")) {
    return [];
  }
  const urns = resources.filter(({ fields }) => fields.protect).map(({ urn }) => urn);
  return [...neededBy(resources, new Set(urns))];
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
