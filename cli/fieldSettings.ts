import { accessSync, constants } from "node:fs";
import type { ResolvedSite } from "../fleet/model";
import { KubesprayFailed } from "../kubespray/failure";
import { readSettings } from "../kubespray/settings";
import type { Io } from "./io";
import { UserError } from "./userError";

/**
 * Finds out before anything is touched whether this machine has what field sites need. Nothing to do without any.
 * @throws UserError `EDGE-CLI-022` with everything that is missing.
 */
export function requireFieldSettings(
  { env, cwd }: Pick<Io, "env" | "cwd">,
  sites: readonly Pick<ResolvedSite, "name" | "target">[],
): void {
  const first = sites.find(({ target }) => target === "field");
  if (first === undefined) return;
  const hint = "Set it (README, From rendered files to a running site), then run the same command again.";
  try {
    const { sshKey } = readSettings(env, cwd);
    accessSync(sshKey, constants.R_OK);
  } catch (error) {
    const why = error instanceof KubesprayFailed ? error.what : (error as Error).message;
    throw new UserError("EDGE-CLI-022", `${first.name} is a field site, and ${why}`, hint, undefined, { cause: error });
  }
}
