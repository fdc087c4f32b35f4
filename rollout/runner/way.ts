import type { SiteAccess } from "../../stacks/args";
import type { WorkerRequest } from "./messages";

/** An open way to a site, such as a tunnel through its bastion. */
export interface Way {
  readonly access: SiteAccess;
  /** For the engine and what it starts. */
  readonly environment: Readonly<Record<string, string>>;
  /** What people should know of the site; told with the run's result. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** For a site that nobody contacts. */
export const noWay: Way = { access: {}, environment: {}, notes: [], close: () => Promise.resolve() };

export interface ConnectOptions {
  readonly signal: AbortSignal;
  /** Takes what is being done at the site, for people; a line at a time. */
  readonly onDoing?: (text: string) => void;
}

/**
 * Opens the way to the site of a run.
 * @throws SiteUnreachable if the site has no link, RunFailed if it cannot be worked on.
 */
export type Connect = (request: WorkerRequest, options: ConnectOptions) => Promise<Way>;
