import { EngineError, RefusedError } from "../errors";
import type { FlagSpec } from "./arguments";
import { operate } from "./operation";
import type { Session } from "./session";

const SHARED: FlagSpec = {
  message: "text",
  parallel: "number",
  "event-log": "text",
  client: "text",
  debug: "switch",
  "suppress-outputs": "switch",
  "suppress-progress": "switch",
  "suppress-permalink": "text",
  "expect-no-changes": "switch",
  yes: "switch",
  "skip-preview": "switch",
  diff: "switch",
  "show-sames": "switch",
  "show-reads": "switch",
  "show-replacement-steps": "switch",
  "show-full-output": "switch",
};

const TARGETS: FlagSpec = {
  target: "list",
  "target-dependents": "switch",
  exclude: "list",
  "exclude-dependents": "switch",
};

/** A program that a refresh or a destroy runs too. */
const RUN_PROGRAM: FlagSpec = { "run-program": "switch" };

export const UP_FLAGS: FlagSpec = {
  ...SHARED,
  "policy-pack": "list",
  "policy-pack-config": "list",
  ...TARGETS,
  replace: "list",
  "target-replace": "list",
  refresh: "switch",
  "continue-on-error": "switch",
  plan: "text",
  ...RUN_PROGRAM,
};
export const PREVIEW_FLAGS: FlagSpec = {
  ...SHARED,
  json: "switch",
  "policy-pack": "list",
  "policy-pack-config": "list",
  ...TARGETS,
  replace: "list",
  "target-replace": "list",
  refresh: "switch",
  "save-plan": "text",
  ...RUN_PROGRAM,
};
export const REFRESH_FLAGS: FlagSpec = {
  ...SHARED,
  ...TARGETS,
  "preview-only": "switch",
  "clear-pending-creates": "switch",
  "skip-pending-creates": "switch",
  ...RUN_PROGRAM,
};
export const DESTROY_FLAGS: FlagSpec = {
  ...SHARED,
  ...TARGETS,
  "continue-on-error": "switch",
  "preview-only": "switch",
  refresh: "switch",
  "exclude-protected": "switch",
  ...RUN_PROGRAM,
};

export async function up(session: Session): Promise<void> {
  requireYes(session);
  refuseProgram(session, session.args.has("refresh"));
  await operate(session, { kind: "update", preview: false, title: "Updating", progress: "updating" });
}

export async function preview(session: Session): Promise<void> {
  refuseProgram(session, session.args.has("refresh"));
  await operate(session, {
    kind: "update",
    preview: true,
    title: "Previewing update",
    progress: "previewing update",
  });
}

export async function refreshStack(session: Session): Promise<void> {
  refuseProgram(session, true);
  const only = session.args.has("preview-only");
  if (!only) {
    requireYes(session);
  }
  await operate(session, {
    kind: "refresh",
    preview: only,
    title: only ? "Previewing refresh" : "Refreshing",
    progress: only ? "previewing refresh" : "refreshing",
  });
}

export async function destroy(session: Session): Promise<void> {
  refuseProgram(session, true);
  const only = session.args.has("preview-only");
  if (!only) {
    requireYes(session);
  }
  await operate(session, {
    kind: "destroy",
    preview: only,
    title: only ? "Previewing destroy" : "Destroying",
    progress: only ? "previewing destroy" : "destroying",
  });
  if (!only) {
    const { stack } = await session.stackName();
    session.output.out(
      "\nThe resources in the stack have been deleted, but the history and configuration associated with the stack are " +
        `still maintained.\nIf you want to remove the stack completely, run \`pulumi stack rm ${stack}\`.\n`,
    );
  }
}

/** The program is run for its providers' settings; this engine takes those that the state has. */
function refuseProgram(session: Session, matters: boolean): void {
  if (matters && session.args.has("run-program")) {
    throw new RefusedError(
      "--run-program in a refresh or a destroy",
      "leave it out: providers are set up as the state says; run an update first if their settings have changed",
    );
  }
}

/** There is nobody to ask. */
function requireYes(session: Session): void {
  if (!session.args.has("yes")) {
    throw new EngineError(`--yes must be passed in to proceed when running in non-interactive mode`);
  }
}
