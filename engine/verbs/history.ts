import type { Crypter } from "../secrets/passphrase";
import { openValue } from "../project/values";
import type { UpdateInfo } from "../state/history";
import { readHistory } from "../state/history";
import type { FlagSpec } from "./arguments";
import type { Session } from "./session";

export const HISTORY_FLAGS: FlagSpec = {
  json: "switch",
  "show-secrets": "switch",
  "full-dates": "switch",
  "page-size": "number",
  page: "number",
};

/** Prints a stack's updates, newest first. */
export async function printHistory(session: Session): Promise<void> {
  const { args } = session;
  const name = await session.stackName();
  await session.checkpoint(name);
  const backend = await session.backend();
  const entries = await readHistory(
    backend.historyFolder(name),
    args.number("page-size") ?? 10,
    args.number("page") ?? 1,
  );
  if (args.has("json")) {
    const crypter = args.has("show-secrets") ? await session.crypter(await session.stackFile(name)) : undefined;
    session.output.out(
      `${JSON.stringify(
        entries.map((entry) => entryJson(entry, crypter)),
        null,
        4,
      )}\n`,
    );
    return;
  }
  if (entries.length === 0) {
    session.output.out("Stack has never been updated\n");
  }
  for (const entry of entries) {
    session.output.out(entryText(entry));
  }
}

function entryJson(entry: UpdateInfo, crypter: Crypter | undefined): object {
  const config = Object.entries(entry.config).map(([key, raw]) => {
    const open = openValue(raw, crypter);
    if (open.secret && crypter === undefined) {
      return [key, { secret: true }];
    }
    const object = open.object === undefined ? {} : { objectValue: open.object };
    return [key, { value: open.value, ...object, secret: open.secret }];
  });
  return {
    version: entry.version,
    kind: entry.kind,
    startTime: time(entry.startTime),
    message: entry.message,
    environment: entry.environment,
    config: Object.fromEntries(config),
    result: entry.result,
    endTime: time(entry.endTime),
    resourceChanges: entry.resourceChanges ?? {},
  };
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function entryText(entry: UpdateInfo): string {
  const changes = entry.resourceChanges ?? {};
  const count = (op: string) => changes[op] ?? 0;
  return (
    `Version: ${entry.version}\nUpdateKind: ${entry.kind}\nStatus: ${entry.result}\nMessage: ${entry.message}\n` +
    `+${count("create")}-${count("delete")}~${count("update")} ${count("same")} ` +
    `Updated ${time(entry.startTime)} took ${entry.endTime - entry.startTime}s\n\n`
  );
}
