import { rm } from "node:fs/promises";

import { EngineError, RefusedError } from "../errors";
import { readPassphrase } from "../secrets/manager";
import { newSaltLine } from "../secrets/passphrase";
import { emptyCheckpoint, parseCheckpoint } from "../state/checkpoint";
import { isMissing } from "../state/files";
import { readHistory } from "../state/history";
import { qualifiedName } from "../state/names";
import { ROOT_STACK_TYPE } from "../urn";
import type { FlagSpec } from "./arguments";
import type { Session } from "./session";

export const INIT_FLAGS: FlagSpec = { "secrets-provider": "text", "no-select": "switch" };
export const LIST_FLAGS: FlagSpec = { json: "switch", all: "switch", project: "text" };
export const REMOVE_FLAGS: FlagSpec = { yes: "switch", force: "switch", "preserve-config": "switch" };

export async function initStack(session: Session): Promise<void> {
  const provider = session.args.text("secrets-provider") ?? "default";
  if (provider !== "default" && provider !== "passphrase") {
    throw new RefusedError(
      `the secrets provider '${provider}'`,
      "only passphrase secrets work without the official CLI",
    );
  }
  const name = await session.stackName(session.args.positional[0]);
  const backend = await session.backend();
  await backend.lock(name).hold(async () => {
    if ((await backend.read(name)) !== undefined) {
      throw new EngineError(`stack '${qualifiedName(name)}' already exists`);
    }
    const file = await session.stackFile(name);
    const passphrase = await readPassphrase(session.env);
    if (file.salt === undefined) {
      file.setSalt(await newSaltLine(passphrase));
      await file.save();
    } else {
      await session.crypter(file);
    }
    await backend.create(name, emptyCheckpoint(name));
  });
  if (!session.args.has("no-select")) {
    await session.select(name.stack);
  }
  session.output.out(`Created stack '${name.stack}'\n`);
}

export async function selectStack(session: Session): Promise<void> {
  const name = await session.stackName(session.args.positional[0]);
  await session.checkpoint(name);
  await session.select(name.stack);
}

export async function listStacks(session: Session): Promise<void> {
  const backend = await session.backend();
  const project = session.args.text("project") ?? (await session.findProject())?.name;
  const all = session.args.has("all") || project === undefined;
  const selected = await session.selected();
  const names = (await backend.list()).filter((name) => all || name.project === project);
  const rows = await Promise.all(
    names.map(async (name) => {
      const raw = parseCheckpoint((await backend.read(name)) ?? "", backend.checkpointPath(name));
      const [last] = await readHistory(backend.historyFolder(name), 1, 1);
      const resources = (raw.deployment?.["resources"] ?? []) as readonly unknown[];
      return {
        name: name.project === project ? name.stack : qualifiedName(name),
        current: name.project === project && name.stack === selected,
        ...(last === undefined ? {} : { lastUpdate: new Date(last.endTime * 1000).toISOString() }),
        updateInProgress: false,
        ...(raw.deployment === undefined ? {} : { resourceCount: resources.length }),
      };
    }),
  );
  if (session.args.has("json")) {
    session.output.out(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const width = Math.max(4, ...rows.map(({ name }) => name.length + 1));
  session.output.out(`${"NAME".padEnd(width)}  LAST UPDATE               RESOURCE COUNT\n`);
  for (const { name, current, lastUpdate, resourceCount } of rows) {
    const update = (lastUpdate ?? "n/a").padEnd(24);
    session.output.out(`${`${name}${current ? "*" : ""}`.padEnd(width)}  ${update}  ${resourceCount ?? "n/a"}\n`);
  }
}

export async function removeStack(session: Session): Promise<void> {
  if (!session.args.has("yes")) {
    throw new EngineError("--yes must be passed in to proceed when running in non-interactive mode");
  }
  const name = await session.stackName(session.args.positional[0]);
  const backend = await session.backend();
  await session.checkpoint(name);
  await backend.lock(name).hold(async () => {
    const raw = await session.checkpoint(name);
    const resources = (raw.deployment?.["resources"] ?? []) as readonly { type?: string }[];
    const onlyRoot = resources.length === 1 && resources[0]?.type === ROOT_STACK_TYPE;
    if (resources.length > 0 && !onlyRoot && !session.args.has("force")) {
      throw new EngineError(
        `'${name.stack}' still has resources; removal rejected. Possible actions:\n` +
          `- Make sure that '${name.stack}' is the stack that you want to destroy\n` +
          "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n" +
          "- Run `pulumi stack rm --force` to override this error",
      );
    }
    await backend.remove(name);
  });
  if (!session.args.has("preserve-config")) {
    const file = await session.stackFile(name);
    await rm(file.path).catch((cause: unknown) => {
      if (!isMissing(cause)) {
        throw cause;
      }
    });
  }
  if ((await session.selected()) === name.stack) {
    await session.select(undefined);
  }
  session.output.out(`Stack '${name.stack}' has been removed!\n`);
}

/** Removes the locks that a killed process has left behind. */
export async function cancel(session: Session): Promise<void> {
  if (!session.args.has("yes")) {
    throw new EngineError("--yes must be passed in to proceed when running in non-interactive mode");
  }
  const name = await session.stackName(session.args.positional[0]);
  await session.checkpoint(name);
  await (await session.backend()).lock(name).clear();
  session.output.out(`The currently running update for '${name.stack}' has been canceled!\n`);
}
