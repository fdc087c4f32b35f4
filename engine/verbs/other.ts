import { userInfo } from "node:os";

import { engineVersion } from "../sdk";
import type { FlagSpec } from "./arguments";
import type { Session } from "./session";

export const JSON_FLAGS: FlagSpec = { json: "switch" };
export const PLUGIN_INSTALL_FLAGS: FlagSpec = { server: "text", exact: "switch", reinstall: "switch" };

export async function printVersion(session: Session): Promise<void> {
  session.output.out(`v${engineVersion().toString()}\n`);
}

export async function whoAmI(session: Session): Promise<void> {
  const { url } = await session.backend();
  const user = userInfo().username;
  session.output.out(session.args.has("json") ? `${JSON.stringify({ user, url }, null, 2)}\n` : `${user}\n`);
}

/** The providers, which are part of the engine, in the shape of installed plugins. */
export async function listPlugins(session: Session): Promise<void> {
  const rows = session.providers.map(({ name, version }) => ({
    name,
    kind: "resource",
    version,
    size: 0,
    installTime: "1970-01-01T00:00:00Z",
    lastUsedTime: "1970-01-01T00:00:00Z",
    serverURL: "",
  }));
  if (session.args.has("json")) {
    session.output.out(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  session.output.out("NAME  KIND  VERSION\n");
  rows.forEach(({ name, kind, version }) => session.output.out(`${name}  ${kind}  ${version}\n`));
}

/** Providers need no installation; one that is not there is refused where it is used. */
export async function installPlugin(): Promise<void> {
  return Promise.resolve();
}
