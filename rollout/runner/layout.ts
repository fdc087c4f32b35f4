import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The Pulumi project of every site's stack. */
export const projectName = "edgewave";

const siteName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Where a site's things are under the output folder. */
export interface SiteLayout {
  /** Work directory of the stack, with its Pulumi.yaml. */
  readonly workDirectory: string;
  /** What the site's stack renders. */
  readonly rendered: string;
  readonly log: string;
  /** State of the stack in the file backend. */
  readonly checkpoint: string;
  /** Holds a file for each process that works on the stack. */
  readonly locks: string;
  /** Copies of the stack's state, each from before a run that changed it. */
  readonly backups: string;
}

/** Folder of Pulumi's file backend. */
export function stateFolder(outputDirectory: string): string {
  return join(outputDirectory, "state");
}

/** Address of Pulumi's file backend. */
export function backendUrl(outputDirectory: string): string {
  return pathToFileURL(stateFolder(outputDirectory)).href;
}

/** @throws Error for a name that is no DNS label, because it becomes part of paths. */
export function siteLayout(outputDirectory: string, site: string): SiteLayout {
  if (!siteName.test(site)) throw new Error(`${JSON.stringify(site)} cannot name a site: it is no DNS label`);
  const backend = join(stateFolder(outputDirectory), ".pulumi");
  return {
    workDirectory: join(outputDirectory, "stacks", site),
    rendered: join(outputDirectory, "sites", site),
    log: join(outputDirectory, "logs", `${site}.log`),
    checkpoint: join(backend, "stacks", projectName, `${site}.json`),
    locks: join(backend, "locks", "organization", projectName, site),
    backups: join(outputDirectory, "backups", site),
  };
}
