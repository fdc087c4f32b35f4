import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { reportSigner, reportSignersPath, siteReport } from "../../../components/reporter/address";
import type { SiteReport } from "../../../probes/siteReport/form";
import { generateSigningKey, readSigningKey, type SigningKey } from "../../../signing/key";
import { signSsh } from "../../../signing/sshsig";
import { aReport } from "./samples";

export const siteKey = readSigningKey(generateSigningKey("porto"), "a test's key");

/** Text of a report as the reporter writes it. */
export function reportText({ site, at, intervalSeconds, contact, parts }: SiteReport = aReport()): string {
  const written = Object.entries(parts).map(([name, part]) => [
    name,
    "text" in part ? { answer: part.text } : { error: part.problem },
  ]);
  const iso = (time: number) => new Date(time).toISOString();
  return JSON.stringify({
    form: siteReport.form,
    site,
    at: iso(at),
    intervalSeconds,
    contact: contact && {
      at: iso(contact.at),
      hubDate: contact.hub === undefined ? "" : new Date(contact.hub).toUTCString(),
    },
    parts: Object.fromEntries(written),
  });
}

/** The folder that stands for the hub, with real repositories. */
export class HubFolder {
  constructor(
    /** `git` and `sites` are below it. */
    readonly root: string,
  ) {}

  repository(lane: "site" | "deploy" | "fleet", site = "porto"): string {
    const folder =
      lane === "fleet" ? path.join(this.root, "git/fleet.git") : path.join(this.root, "git", lane, `${site}.git`);
    if (!existsSync(folder)) execFileSync("git", ["init", "-q", "--bare", "-b", "main", folder]);
    return folder;
  }

  git(folder: string, args: readonly string[], input = ""): string {
    const name = ["-c", "user.name=s", "-c", "user.email=s@e"];
    return execFileSync("git", [...name, "--git-dir", folder, ...args], {
      encoding: "utf8",
      stdio: "pipe",
      input,
    }).trim();
  }

  /** A commit of files on a branch, without a parent unless one is given. @returns its id */
  commit(
    folder: string,
    branch: string,
    files: Readonly<Record<string, string>>,
    parents: readonly string[] = [],
  ): string {
    const lines = Object.entries(files).map(
      ([name, text]) => `100644 blob ${this.git(folder, ["hash-object", "-w", "--stdin"], text)}\t${name}\n`,
    );
    const tree = this.git(folder, ["mktree"], lines.join(""));
    const made = this.git(folder, ["commit-tree", "-m", branch, ...parents.flatMap((parent) => ["-p", parent]), tree]);
    this.git(folder, ["update-ref", `refs/heads/${branch}`, made]);
    return made;
  }

  /** Puts a report on the hub as the site's mirror does, and its key where a rollout leaves it. */
  report(report: SiteReport = aReport(), key: SigningKey = siteKey): void {
    const text = reportText(report);
    const files = { "status.json": text, "status.json.sig": signSsh(Buffer.from(text), key, siteReport.namespace) };
    this.commit(this.repository("site", report.site), siteReport.branch, files);
    this.knowKey(report.site);
  }

  knowKey(site = "porto"): void {
    const file = path.join(this.root, "sites", site, reportSignersPath);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, reportSigner(site, siteKey.publicKey));
  }
}
