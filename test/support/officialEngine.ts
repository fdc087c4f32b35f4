import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What the stacks need of the official engine. */
const programs = ["pulumi", ...["random", "tls", "command", "kubernetes"].map((name) => `pulumi-resource-${name}`)];

/** Why the official engine cannot run here: which of its programs are not on the PATH; undefined if all are. */
export function whyNoOfficialEngine(needed: readonly string[] = programs): string | undefined {
  const missing = needed.filter((program) => !isOnPath(program));
  return missing.length === 0 ? undefined : `not on the PATH: ${missing.join(", ")}`;
}

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The engines that a story is told with, and why one of them cannot tell it here. */
export const bothEngines = [
  { engine: "embedded", missing: undefined },
  { engine: "official", missing: whyNoOfficialEngine() },
] as const;
