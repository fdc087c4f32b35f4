import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { hostname } from "node:os";

import type { Fleet, Release, ResolvedSite, Rollout } from "../fleet/model";
import type { Clock } from "./clock";
import { type Command, decide } from "./decide";
import type { RecordedEvent, RolloutEvent, RolloutStarted } from "./events";
import { applyEvent, foldEvents } from "./fold";
import { type Ledger, type Lease, SiteBusy } from "./ledger/ledger";
import { Mailbox } from "./mailbox";
import type { Plan } from "./plan";
import type { Promoter } from "./promoter";
import { findBeginning } from "./resume";
import { runSite } from "./siteRun";
import { rolloutStarted } from "./start";
import { startState } from "./startState";
import type { StackRunner } from "./stackRunner";
import type { RolloutState } from "./state";

export interface RolloutRun {
  readonly fleet: Fleet;
  readonly release: Release;
  readonly rollout: Rollout;
  /** From `planWaves`; it is frozen when the run starts. */
  readonly plan: Plan;
  /** Public keys that the sites trust releases by; see `RunRequest`. */
  readonly signers: readonly string[];
  /** See `programDigest`. */
  readonly programDigest: string;
  readonly runner: StackRunner;
  readonly promoter: Promoter;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Aborted to stop: nothing more is started, running sites are asked to stop and waited for. */
  readonly signal?: AbortSignal;
  /** Aborted to return at once. Sites that are still running stay in the ledger as running; a resume repeats them. */
  readonly hardSignal?: AbortSignal;
  /** Called once the lease is held, before anything is recorded; what it throws ends the run. */
  readonly prepare?: () => Promise<void>;
  /** Told of each event after it is in the ledger; of a resumed run, only of what is new. */
  readonly onEvent?: (recorded: RecordedEvent, state: RolloutState) => void;
  /** Resources that a running site has done so far. */
  readonly onProgress?: (site: string, resources: number) => void;
}

/**
 * Drives a rollout to its end, or resumes the unfinished run of the same rollout if the fleet, the release, the program
 * and the plan are what they were. Otherwise it starts a new run, whose first event says what has changed.
 * @returns the last state: finished, or interrupted by `signal`, or as it was when `hardSignal` came.
 * @throws RolloutLocked if another driver is at work on this rollout, before anything is touched.
 * @throws LeaseLost if another driver took over; running sites have been stopped then.
 */
export async function runRollout(options: RolloutRun): Promise<RolloutState> {
  const start = rolloutStarted(options);
  const lease = await options.ledger.lease(`rollout/${options.rollout.name}`);
  const driver = new Driver(options, lease, start);
  try {
    await unlessHard(options.prepare?.(), options.hardSignal);
    return await driver.drive();
  } finally {
    // After a hard stop sites may still run in this process, so the lease stays until the process is proven dead.
    if (options.hardSignal?.aborted !== true) await lease.release();
  }
}

/** Waits for a promise, but not beyond a hard stop. */
async function unlessHard(work: Promise<void> | undefined, hardSignal: AbortSignal | undefined): Promise<void> {
  if (work === undefined || hardSignal === undefined) return work;
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(hardSignal.reason);
    hardSignal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([work, stopped]);
  } finally {
    if (stop !== undefined) hardSignal.removeEventListener("abort", stop);
  }
}

type Message =
  | { readonly type: "ended"; readonly site: string; readonly events: readonly RolloutEvent[] }
  | { readonly type: "time" }
  | { readonly type: "stop" }
  | { readonly type: "hard-stop" }
  | { readonly type: "lease-lost" };

class Driver {
  private readonly mailbox = new Mailbox<Message>();
  /** Told to the runner: stop the sites. */
  private readonly stopSites = new AbortController();
  /** Ends the listeners and timers of this drive. */
  private readonly over = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private readonly sites: ReadonlyMap<string, ResolvedSite>;
  private state: RolloutState | undefined;
  private waitingUntil: number | undefined;
  /** Whether the last decision left nothing to do but to wait for a message. */
  private idle = false;
  private hard = false;

  constructor(
    private readonly options: RolloutRun,
    private readonly lease: Lease,
    private readonly start: RolloutStarted,
  ) {
    // Every running site listens to it.
    setMaxListeners(0, this.stopSites.signal);
    this.sites = new Map(options.fleet.sites.map((site) => [site.name, site]));
  }

  async drive(): Promise<RolloutState> {
    this.listen(this.options.signal, { type: "stop" });
    this.listen(this.options.hardSignal, { type: "hard-stop" });
    this.listen(this.lease.lost, { type: "lease-lost" });
    try {
      await this.begin();
      return await this.loop();
    } catch (error) {
      this.stopSites.abort(error);
      if (!this.hard) await Promise.allSettled(this.running.values());
      throw error;
    } finally {
      this.over.abort();
    }
  }

  private listen(signal: AbortSignal | undefined, message: Message): void {
    if (signal?.aborted === true) this.mailbox.send(message);
    else signal?.addEventListener("abort", () => this.mailbox.send(message), { signal: this.over.signal });
  }

  private async begin(): Promise<void> {
    const { ledger, clock } = this.options;
    const beginning = await findBeginning(ledger, this.start);
    if (beginning.type === "resume") {
      this.state = foldEvents(beginning.events);
      const inFlight = [...this.state.sites.values()]
        .filter(({ phase }) => phase === "running")
        .map(({ site }) => site);
      await this.record([{ type: "driver-resumed", host: hostname(), pid: process.pid, inFlight }]);
      return;
    }
    const { supersedes } = beginning;
    if (supersedes !== undefined) {
      await ledger.append(this.lease, supersedes.run, clock.now(), [
        { type: "rollout-finished", result: "superseded" },
      ]);
    }
    await this.record([{ ...this.start, ...(supersedes === undefined ? {} : { supersedes }) }]);
  }

  private async loop(): Promise<RolloutState> {
    for (;;) {
      for (const message of await this.arrived()) await this.handle(message);
      const state = this.current();
      if (this.hard) return state;
      const commands = decide(state, this.options.clock.now());
      for (const command of commands) await this.execute(command);
      const { finished, interrupted } = this.current();
      if (finished !== undefined || interrupted !== undefined) return this.current();
      this.idle = commands.every(({ type }) => type === "wait");
    }
  }

  private arrived(): Promise<Message[]> | Message[] {
    return this.idle || !this.mailbox.isEmpty ? this.mailbox.receive() : [];
  }

  private async handle(message: Message): Promise<void> {
    switch (message.type) {
      case "ended":
        this.running.delete(message.site);
        return this.record(message.events);
      case "time":
        this.waitingUntil = undefined;
        return;
      case "stop":
        this.stopSites.abort();
        return this.record([{ type: "stop-requested", reason: "the driver was asked to stop" }]);
      case "hard-stop":
        this.stopSites.abort();
        this.hard = true;
        return;
      case "lease-lost":
        throw this.lease.lost.reason;
    }
  }

  private async execute(command: Command): Promise<void> {
    switch (command.type) {
      case "record":
        return this.record(command.events);
      case "start-site":
        return this.startSite(command.site, command.attempt);
      case "wait":
        return this.waitUntil(command.until);
    }
  }

  private async startSite(name: string, attempt: number): Promise<void> {
    const { ledger, release, fleet, signers, runner, promoter, onProgress } = this.options;
    const site = this.sites.get(name);
    const frozen = this.current().sites.get(name)?.frozen;
    if (site === undefined || frozen === undefined) throw new Error(`site ${name} of the plan is not in the fleet`);
    const token = await this.claim(name);
    if (token === undefined) return;
    await this.record([{ type: "site-started", site: name, attempt, token }]);
    const run = runSite({
      site,
      release,
      fleet,
      signers,
      desiredHash: frozen.desiredHash,
      token,
      runner,
      promoter,
      ledger,
      clock: this.options.clock,
      signal: this.stopSites.signal,
      onProgress: (resources) => onProgress?.(name, resources),
    }).then((events) => this.mailbox.send({ type: "ended", site: name, events }));
    this.running.set(name, run);
  }

  /** The site's fencing token; undefined if somebody else runs the site, which is then recorded as failed. */
  private async claim(site: string): Promise<number | undefined> {
    try {
      return await this.options.ledger.claimSite(this.lease, site);
    } catch (error) {
      if (!(error instanceof SiteBusy)) throw error;
      const nothing = { seconds: 0, resources: 0, changes: {} };
      await this.record([{ type: "site-finished", site, outcome: "failed", reason: error.message, ...nothing }]);
      return undefined;
    }
  }

  private waitUntil(time: number): void {
    if (this.waitingUntil === time) return;
    this.waitingUntil = time;
    void this.options.clock.until(time, this.over.signal).then(() => this.mailbox.send({ type: "time" }));
  }

  private async record(events: readonly RolloutEvent[]): Promise<void> {
    const { ledger, clock, onEvent } = this.options;
    const run = this.state?.run ?? newRunName(clock.now());
    for (const recorded of await ledger.append(this.lease, run, clock.now(), events)) {
      this.state = this.state === undefined ? startState(recorded) : applyEvent(this.state, recorded);
      onEvent?.(recorded, this.state);
    }
  }

  private current(): RolloutState {
    if (this.state === undefined) throw new Error("the rollout has not begun");
    return this.state;
  }
}

/** Such as `20261123T121103Z-5f0c`: in order of time, and distinct when two start in one second. */
function newRunName(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${time}-${randomBytes(2).toString("hex")}`;
}
