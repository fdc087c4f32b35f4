import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aRelease, sites } from "../support/fleet";
import type { PublishOptions } from "../../gitops/publish";

const made: string[] = [];

/** A new folder, removed by `removeFolders`. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "edgewave-gitops-"));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Asks the real Git, without edgewave's own code in between. */
export function askGit(repository: string, ...args: string[]): string {
  return execFileSync("git", ["--git-dir", repository, ...args], { encoding: "utf8", stdio: "pipe" }).trimEnd();
}

/** Every ref of the repositories below a folder, with what it points at. */
export function allRefs(folder: string, repositories: readonly string[]): Record<string, string> {
  return Object.fromEntries(repositories.map((name) => [name, askGit(join(folder, name), "show-ref")]));
}

const profiles = ["micro", "mini", "standard", "ha-edge"] as const;

/** A fleet of all profiles, ready to be published. */
export function publication(directory: string, count = 4, release = aRelease()): PublishOptions {
  return {
    fleet: { name: "harbours" },
    release,
    sites: sites(count, (index) => ({ profile: profiles[index % profiles.length] })),
    directory,
  };
}
