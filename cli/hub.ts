import path from "node:path";
import type { Fleet } from "../fleet/model";
import { GiteaApi } from "../gitops/gitea/api";
import { GiteaClient } from "../gitops/gitea/client";
import { CredentialStore } from "../gitops/hub/credentialStore";
import type { HubGit } from "../gitops/hub/remotes";
import writeFileAtomic from "write-file-atomic";
import { readSecretLine } from "../web/credentialFiles";
import { mkdir, readFile } from "node:fs/promises";
import { ifThere } from "../rollout/runner/ifThere";
import { hubFolder } from "./hubFolder";
import type { Io } from "./io";
import { UserError } from "./userError";

export function credentialStore(out: string): CredentialStore {
  return new CredentialStore(hubFolder(out));
}

/** The file that names an administrator of the hub's Gitea. */
const adminVariable = "EDGEWAVE_HUB_ADMIN_FILE";

/**
 * The hub's API, for its administrator.
 * @param named by `--hub-admin-file`; one line, `account:password`.
 * @throws UserError EDGE-HUB-004 if there is no such file, or it holds something else
 */
export async function hubAdministration(
  io: Io,
  { hub }: Pick<Fleet, "hub">,
  named: string | undefined,
  signal: AbortSignal,
): Promise<GiteaApi> {
  const hint =
    "Name a file with one line, ACCOUNT:PASSWORD of an administrator, by --hub-admin-file or EDGEWAVE_HUB_ADMIN_FILE. " +
    "It has to be a password: Gitea lets no token make tokens.";
  const file = named ?? io.env[adminVariable];
  if (file === undefined || file === "")
    throw new UserError("EDGE-HUB-004", "no administrator of the hub is named", hint);
  const line = await readSecretLine(io.cwd, file).catch((cause: Error) => {
    throw new UserError("EDGE-HUB-004", cause.message, hint, undefined, { cause });
  });
  const at = line.indexOf(":");
  if (at < 1) throw new UserError("EDGE-HUB-004", `${file} does not hold ACCOUNT:PASSWORD`, hint);
  const login = { username: line.slice(0, at), password: line.slice(at + 1) };
  return new GiteaApi(new GiteaClient({ url: hub.gitUrl, login, authority: hub.gitAuthority }, { signal }));
}

/**
 * How Git reaches the hub as the publisher; undefined for a fleet that does not publish there.
 * @throws UserError EDGE-HUB-005 if `edgewave hub setup` has not made the publisher's token here
 */
export async function hubGit(io: Io, { hub, publish }: Fleet, out: string): Promise<HubGit | undefined> {
  if (publish === undefined) return undefined;
  const named = io.env["EDGEWAVE_HUB_LOGIN_FILE"];
  const loginFile = named ? path.resolve(io.cwd, named) : credentialStore(out).file("publisher");
  await readSecretLine(io.cwd, loginFile).catch((cause: Error) => {
    const hint =
      "Run edgewave hub setup, or name a file with one line, ACCOUNT:TOKEN, by EDGEWAVE_HUB_LOGIN_FILE. " +
      "To keep the repositories here instead, take publish out of fleet.yaml.";
    const what = `the fleet publishes to ${hub.gitUrl}, and there is no token for that: ${cause.message}`;
    throw new UserError("EDGE-HUB-005", what, hint, undefined, { cause });
  });
  const authorityFile =
    hub.gitAuthority === undefined ? undefined : await authorityIn(hubFolder(out), hub.gitAuthority);
  return { url: hub.gitUrl, loginFile, authorityFile, maxConcurrency: publish.maxConcurrency };
}

/** Git takes authorities from a file alone. */
async function authorityIn(folder: string, authority: string): Promise<string> {
  const file = path.join(folder, "authority.pem");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await ifThere(() => readFile(file, "utf8"))) !== authority) await writeFileAtomic(file, authority);
  return file;
}
