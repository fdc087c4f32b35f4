import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { Fleet } from "../fleet/model";
import { readReports } from "../gitops/hub/readReports";
import { ifThere } from "../rollout/runner/ifThere";
import { hubGit } from "./hub";
import { hubFolder } from "./hubFolder";
import type { Io } from "./io";
import { UserError } from "./userError";

/** A failure of the hub, for people. */
export interface HubFailure {
  readonly code: string;
  readonly what: string;
  /** What to do next. */
  readonly hint: string;
}

/** How the sites' reports came from a hub. Times are milliseconds since the epoch. */
export interface HubReports {
  /** Of its Gitea. */
  readonly url: string;
  /** Whether it was asked now; if not, its reports are those of `readAt`. */
  readonly asked: boolean;
  /** When it answered last, now or earlier; undefined if it never did here. */
  readonly readAt: number | undefined;
  /** Why it was not asked, or not for all sites; undefined if it was. */
  readonly failure: HubFailure | undefined;
  /** Sites that it answered for now. */
  readonly answered: ReadonlySet<string>;
  /** By site: what it said instead of an answer. */
  readonly failures: ReadonlyMap<string, HubFailure>;
}

/** Beside the tokens: when the hub answered last. */
const readAtFile = (out: string): string => path.join(hubFolder(out), "reports-read-at");

/**
 * Brings the sites' reports from the hub into the output folder. A hub that cannot be asked is told of, and what was
 * read last is kept.
 * @param out absolute output folder.
 * @param offline whether nobody is asked.
 * @returns undefined if the folder is all the hub that the fleet has.
 */
export async function bringReports(
  io: Io,
  fleet: Fleet,
  out: string,
  offline: boolean,
  now: () => number = Date.now,
): Promise<HubReports | undefined> {
  if (fleet.publish === undefined) return undefined;
  const { gitUrl: url } = fleet.hub;
  const readAt = await lastReadAt(out);
  const nothing = { answered: new Set<string>(), failures: new Map<string, HubFailure>() };
  const notAsked = { url, asked: false, readAt, failure: undefined, ...nothing };
  if (offline) return notAsked;
  let hub;
  try {
    hub = await hubGit(io, fleet, out);
  } catch (error) {
    // Without a token the rest of a status is worth telling all the same.
    if (!(error instanceof UserError)) throw error;
    return { ...notAsked, failure: { code: error.code, what: error.message, hint: error.hint ?? "" } };
  }
  if (hub === undefined) return undefined;
  const sites = fleet.sites.map(({ name }) => name);
  const { answered, failures, gaveUp } = await readReports({ hub, directory: path.join(out, "git"), sites });
  const at = answered.size > 0 ? now() : undefined;
  if (at !== undefined) await rememberReadAt(out, at);
  return {
    url,
    asked: true,
    readAt: at ?? readAt,
    failure: gaveUp && failureOf(gaveUp),
    answered,
    failures: new Map([...failures].map(([site, failure]) => [site, failureOf(failure)])),
  };
}

function failureOf({ code, message, hint }: { code: string; message: string; hint: string }): HubFailure {
  return { code, what: message.replace(`${code} `, ""), hint };
}

async function lastReadAt(out: string): Promise<number | undefined> {
  const text = await ifThere(() => readFile(readAtFile(out), "utf8"));
  const at = Date.parse(text?.trim() ?? "");
  return Number.isNaN(at) ? undefined : at;
}

async function rememberReadAt(out: string, at: number): Promise<void> {
  await mkdir(hubFolder(out), { recursive: true, mode: 0o700 });
  await writeFileAtomic(readAtFile(out), `${new Date(at).toISOString()}\n`);
}
