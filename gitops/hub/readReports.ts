import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { siteReport } from "../../components/reporter/address";
import { prune, pruneIfMany } from "../git/prune";
import { fetchNewest } from "../git/remote";
import { RemoteFailed, type RemoteState } from "../git/remoteFailure";
import { openRepository } from "../git/repository";
import { inLanes } from "../lanes";
import { siteRepositoryName } from "./names";
import { type HubGit, hubRemote } from "./remotes";
import { siteRepository } from "./siteRepository";

export interface ReportsRequest {
  readonly hub: HubGit;
  /** The folder that keeps what was read: `site/<site>.git` is below it. */
  readonly directory: string;
  readonly sites: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** How long one site's answer may take; half a minute unless given. */
  readonly timeoutMs?: number;
}

/** What became of asking a hub for reports. */
export interface ReportsRead {
  /** Sites that the hub answered for, with a report or without. */
  readonly answered: ReadonlySet<string>;
  /** By site; what is kept of these is what an earlier reading brought. */
  readonly failures: ReadonlyMap<string, RemoteFailed>;
  /** Why nobody was asked for the rest; undefined if everybody was asked for. */
  readonly gaveUp: RemoteFailed | undefined;
}

const defaultTimeoutMs = 30_000;
/** A report, its signature and room for what else lies there; none that is larger would be read. */
const largestFile = 4 * siteReport.mostBytes;
/** Two commands that read the same site at once meet for milliseconds. */
const races = { attempts: 4, waitMs: 150 } as const;

/**
 * Brings the newest report of each site from the hub, many sites at once, and of each its one commit alone. What a failure
 * left out is kept as it was read last; a hub that answers for nobody is not asked 5,000 times.
 * @throws the signal's reason if it is aborted, and what is no failure of the hub, such as a folder that cannot be written
 */
export async function readReports(request: ReportsRequest): Promise<ReportsRead> {
  const { hub, sites, signal } = request;
  const failures = new Map<string, RemoteFailed>();
  const hope = new Hope();
  const answered = new Set<string>();
  const results = await inLanes(sites, hub.maxConcurrency, async (site) => {
    signal?.throwIfAborted();
    if (hope.isLost) return;
    try {
      await readOne(request, site);
      hope.answered();
      answered.add(site);
    } catch (error) {
      if (!(error instanceof RemoteFailed)) throw error;
      failures.set(site, error);
      hope.failed(error);
    }
  });
  signal?.throwIfAborted();
  for (const result of results) if (result.status === "rejected") throw result.reason;
  // A small fleet is over before three have failed.
  const [first] = failures.values();
  const none = answered.size === 0 && [...failures.values()].every(({ state }) => ofTheWholeHub.has(state));
  return { answered, failures, gaveUp: hope.lost ?? (none ? first : undefined) };
}

async function readOne({ hub, directory, signal, timeoutMs = defaultTimeoutMs }: ReportsRequest, site: string) {
  const repository = siteRepository(directory, site);
  // What `git init` makes last; a process for each of thousands of sites takes its time.
  if (!existsSync(path.join(repository, "objects/info"))) await openRepository(repository, "main");
  const remote = hubRemote(hub, siteRepositoryName("site", site));
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (
        await fetchNewest(repository, remote, `refs/heads/${siteReport.branch}`, { signal, timeoutMs, largestFile })
      ) {
        await pruneIfMany(repository);
      }
      return;
    } catch (error) {
      // One that is too large leaves a part behind, each time.
      if (error instanceof RemoteFailed && error.state === "unknown") await prune(repository);
      if (!(error instanceof RemoteFailed && error.state === "raced") || attempt === races.attempts) throw error;
      await sleep(races.waitMs * attempt, undefined, { signal });
    }
  }
}

/** What keeps every repository of a hub from being read, not one of them. */
const ofTheWholeHub: ReadonlySet<RemoteState> = new Set(["unreachable", "distrusted", "denied"]);

/** Whether it makes sense to ask a hub for the next site. */
export class Hope {
  /** One may be a connection that was lost; three in a row are the hub. */
  private static readonly most = 3;
  private inARow = 0;
  /** The failure that took it; undefined while there is hope. */
  lost: RemoteFailed | undefined;

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  answered(): void {
    this.inARow = 0;
  }

  failed(failure: RemoteFailed): void {
    if (!ofTheWholeHub.has(failure.state)) return this.answered();
    this.inARow += 1;
    if (this.inARow >= Hope.most) this.lost ??= failure;
  }
}
