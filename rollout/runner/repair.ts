import type { Target } from "../../fleet/model";
import { RunFailed } from "../stackRunner";
import { type Checkpoint, operationText, pendingOperations, readCheckpoint } from "./checkpoint";
import { siteLayout } from "./layout";
import type { WorkerRequest } from "./messages";
import { askAbout, treatmentOf } from "./pendingCreates";
import { adoptPending, forgetFiles, forgetRendered } from "./renderedState";
import { howToRestore, newestBackup } from "./stateBackup";
import { movedFrom } from "./workDirectory";

/** How what is not as the last success left it is put in order. */
export type Repair =
  | { readonly type: "nothing" }
  /** Every file of a rendered site can be made again, so all are forgotten and rendered anew. */
  | { readonly type: "render-anew"; readonly because: string }
  /** The state of a site with a cluster or hosts is read anew from there, with pending creates forgotten or adopted. */
  | { readonly type: "refresh"; readonly because: string; readonly writeFilesAnew: boolean }
  | { readonly type: "refuse"; readonly because: string };

export interface Found {
  readonly target: Target;
  readonly checkpoint: Checkpoint;
  /** See `movedFrom`. */
  readonly moved: string | undefined;
  /** See `RunRequest.touched`. */
  readonly touched: boolean;
  readonly workDirectory: string;
}

/** Decides on a repair by what was found. Pure. */
export function chooseRepair({ target, checkpoint, moved, touched, workDirectory }: Found): Repair {
  const pending = pendingOperations(checkpoint);
  const reasons = [
    ...(pending.length > 0 ? [`an interrupted run left ${pending.map(operationText).join(", ")}`] : []),
    ...(moved === undefined ? [] : [`the output folder was moved or copied from ${moved}`]),
    ...(touched ? ["its state or files are not what the last success left"] : []),
  ];
  if (reasons.length === 0) return { type: "nothing" };
  const because = reasons.join(" and ");
  if (target === "render") return { type: "render-anew", because };
  const resources = checkpoint.checkpoint?.latest?.resources ?? [];
  const unclear = pending.filter((operation) => treatmentOf(operation, resources) === "ask");
  if (unclear.length > 0) return { type: "refuse", because: askAbout(unclear, workDirectory) };
  return { type: "refresh", because, writeFilesAnew: moved !== undefined || touched };
}

/** What `repairState` did, and what is left to do with the engine. */
export interface Repaired {
  /** What was done, for people; undefined if there was nothing to do. */
  readonly note: string | undefined;
  /** Whether the stack has to be refreshed before it is run. */
  readonly refresh: boolean;
}

/**
 * Puts the state of a site in order before a run changes it. Nobody holds the stack's lock when this is called, and a
 * copy of the state has been kept.
 * @throws RunFailed if a person has to look first.
 */
export async function repairState(request: WorkerRequest): Promise<Repaired> {
  const { site, outputDirectory, touched } = request;
  const { checkpoint: file, rendered, workDirectory } = siteLayout(outputDirectory, site.name);
  const checkpoint = await readState(outputDirectory, site.name);
  if (checkpoint === undefined) return { note: undefined, refresh: false };
  const moved = await movedFrom(outputDirectory, site.name);
  const repair = chooseRepair({ target: site.target, checkpoint, moved, touched, workDirectory });
  switch (repair.type) {
    case "nothing":
      return { note: undefined, refresh: false };
    case "refuse":
      throw new RunFailed(repair.because);
    case "render-anew":
      await forgetRendered(file, rendered);
      return { note: `rendered all files anew, because ${repair.because}`, refresh: false };
    case "refresh":
      await adoptPending(file);
      if (repair.writeFilesAnew) await forgetFiles(file);
      return { note: `read the site's state anew, because ${repair.because}`, refresh: true };
  }
}

/**
 * Refuses to compare with what a copied or moved output folder's state says of files that are elsewhere.
 * @returns what a comparison should be read with, for people.
 */
export async function requireComparable(request: WorkerRequest): Promise<string[]> {
  const { site, outputDirectory } = request;
  const checkpoint = await readState(outputDirectory, site.name);
  if (checkpoint === undefined) return [];
  const moved = await movedFrom(outputDirectory, site.name);
  if (moved !== undefined) {
    throw new RunFailed(
      `the output folder was moved or copied from ${moved}, so a preview would compare with files that are elsewhere. ` +
        `Run the site once (edgewave rollout, or edgewave site up ${site.name}); then preview`,
    );
  }
  const pending = pendingOperations(checkpoint).map(operationText);
  return pending.length === 0 ? [] : [`an interrupted run left ${pending.join(", ")}; the next run puts it in order`];
}

/** @throws RunFailed if the state cannot be read, saying where a copy is. */
export async function readState(outputDirectory: string, site: string): Promise<Checkpoint | undefined> {
  const { checkpoint: file } = siteLayout(outputDirectory, site);
  try {
    return await readCheckpoint(file);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const copy = await newestBackup(outputDirectory, site);
    const restore = copy === undefined ? "there is no other copy" : howToRestore(outputDirectory, site, copy);
    throw new RunFailed(
      `the state of ${site} cannot be read: ${file} is not JSON. The state before it is in ${file}.bak; ${restore}`,
      { cause: error },
    );
  }
}
