import { arch, platform } from "node:os";

import type { UpdateInfo } from "../state/history";
import type { Operation, Prepared } from "./phases";
import type { Session } from "./session";

/** What the history keeps of a run. */
export function historyEntry(
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
