import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { repository } from "./edgewave";

export const harbours = path.join(repository, "examples", "harbours");
export const release = "2026.11.0";

/** What `edgewave status --json` says of one site. */
export interface SiteStatus {
  readonly site: string;
  readonly wave: string;
  readonly profile: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly resources: number;
  readonly commit: string | null;
}

export interface RolloutStatus {
  readonly run: string;
  readonly result: string | null;
  readonly locked: boolean;
  readonly sites: readonly SiteStatus[];
}

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

export function deployRepository(out: string, site: string): string {
  return path.join(out, "git", "deploy", `${site}.git`);
}

/** Commit ids by branch of a site's deploy repository. */
export function branches(out: string, site: string): { deploy: string; release: string } {
  const folder = deployRepository(out, site);
  return { deploy: git(folder, "rev-parse", "deploy"), release: git(folder, "rev-parse", `release/${release}`) };
}

/** Every file below a folder, relative to it, in order of name. */
export function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

export interface Checkpoint {
  readonly version: number;
  readonly checkpoint: {
    /** Absent from a stack that was made and never run. */
    readonly latest?: {
      readonly resources?: readonly {
        readonly urn: string;
        readonly type: string;
        readonly outputs?: Record<string, unknown>;
      }[];
      readonly pending_operations?: readonly unknown[];
    };
  };
}

export function checkpointFile(out: string, site: string): string {
  return path.join(out, "state", ".pulumi", "stacks", "edgewave", `${site}.json`);
}

export function checkpoint(out: string, site: string): Checkpoint {
  return JSON.parse(readFileSync(checkpointFile(out, site), "utf8")) as Checkpoint;
}
