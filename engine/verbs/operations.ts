import { EngineError } from "../errors";
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
};
export const REFRESH_FLAGS: FlagSpec = {
  ...SHARED,
  ...TARGETS,
  "preview-only": "switch",
  "clear-pending-creates": "switch",
};
export const DESTROY_FLAGS: FlagSpec = {
  ...SHARED,
  ...TARGETS,
  "continue-on-error": "switch",
  "preview-only": "switch",
  refresh: "switch",
};

export async function up(session: Session): Promise<void> {
  requireYes(session);
  await operate(session, { kind: "update", preview: false, title: "Updating", progress: "updating" });
}

export async function preview(session: Session): Promise<void> {
  await operate(session, {
    kind: "update",
    preview: true,
    title: "Previewing update",
    progress: "previewing update",
  });
}

export async function refreshStack(session: Session): Promise<void> {
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

/** There is nobody to ask. */
function requireYes(session: Session): void {
  if (!session.args.has("yes")) {
    throw new EngineError(`--yes must be passed in to proceed when running in non-interactive mode`);
  }
}
