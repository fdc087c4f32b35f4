import { setMaxListeners } from "node:events";
import { hostname } from "node:os";

import { afterRun } from "./afterRun";
import { type Command, decide } from "./decide/decide";
import { GateWork, isOfNow } from "./driver/gateWork";
import type { Loop, Message } from "./driver/loop";
import type { RolloutRun } from "./driver/options";
import { requestsAnswered } from "./driver/requestsAnswered";
import { RunRecord } from "./driver/runRecord";
import { SiteWork } from "./driver/siteWork";
import type { RolloutEvent, RolloutStarted } from "./events";
import type { Lease } from "./ledger/ledger";
import { Mailbox } from "./mailbox";
import { findBeginning } from "./resume";
import { rolloutStarted } from "./start";
import type { RolloutState } from "./state";

export type { RolloutRun } from "./driver/options";

/**
 * Drives a rollout to its end, or resumes the unfinished run of the same rollout if the fleet, the release, the program
 * and the plan are what they were. Otherwise it starts a new run, whose first event says what has changed.
 * @returns the last state: finished, or interrupted by `signal`, or as it was when `hardSignal` came.
 * @throws RolloutLocked if another driver is at work on this rollout, before anything is touched.
 * @throws LeaseLost if another driver took over; running sites have been stopped then.
 */
export async function runRollout(options: RolloutRun): Promise<RolloutState> {
  const start = rolloutStarted({ ...options, successes: await options.ledger.successes() });
  return underLease(options, (driver) => driver.begin(start));
}

/**
 * Goes on with a run that has ended, after `request` has opened it again: a retry, a catch-up or a rollback; or with one
 * that was interrupted. Everything is as it was frozen when the run started.
 * @throws RolloutLocked or LeaseLost as `runRollout`.
 * @throws RequestRefused if the request cannot be done.
 */
export async function continueRollout(options: RolloutRun, run: string): Promise<RolloutState> {
  return underLease(options, (driver) => driver.takeUp(run));
}

async function underLease(options: RolloutRun, begin: (driver: Driver) => Promise<void>): Promise<RolloutState> {
  const lease = await options.ledger.lease(`rollout/${options.rollout.name}`);
  const driver = new Driver(options, lease);
  try {
    await unlessHard(options.prepare?.(), options.hardSignal);
    return await driver.drive(begin);
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

class Driver {
  private readonly mailbox = new Mailbox<Message>();
  /** Told to the runner: stop the sites. */
  private stopSites = new AbortController();
  /** Ends the listeners and timers of this drive. */
  private readonly over = new AbortController();
  private readonly run: RunRecord;
  private readonly loop: Loop;
  private readonly work: SiteWork;
  private readonly gates: GateWork;
  private readonly timers = new Set<number>();
  /** Whether the last decision left nothing to do but to wait for a message. */
  private idle = false;
  private hard = false;

  constructor(
    private readonly options: RolloutRun,
    private readonly lease: Lease,
  ) {
    // Every running site listens to it.
    setMaxListeners(0, this.stopSites.signal, this.over.signal);
    this.run = new RunRecord(options, lease, (type, state) => this.onRecorded(type, state));
    const loop: Loop = {
      state: () => this.current(),
      record: (events) => this.record(events),
      send: (message) => this.mailbox.send(message),
    };
    const signal = () => this.stopSites.signal;
    this.work = new SiteWork(options, lease, signal, loop);
    this.gates = new GateWork(options, signal, this.over.signal, loop);
    this.loop = loop;
  }

  async drive(begin: (driver: Driver) => Promise<void>): Promise<RolloutState> {
    this.listen(this.options.signal, { type: "stop" });
    this.listen(this.options.hardSignal, { type: "hard-stop" });
    this.listen(this.lease.lost, { type: "lease-lost" });
    try {
      await begin(this);
      this.lookAtRequests();
      return await this.untilTheEnd();
    } catch (error) {
      this.stopSites.abort(error);
      if (!this.hard) await this.work.settled();
      throw error;
    } finally {
      this.over.abort();
    }
  }

  private listen(signal: AbortSignal | undefined, message: Message): void {
    if (signal?.aborted === true) this.mailbox.send(message);
    else signal?.addEventListener("abort", () => this.mailbox.send(message), { signal: this.over.signal });
  }

  async begin(start: RolloutStarted): Promise<void> {
    const { ledger, clock } = this.options;
    const beginning = await findBeginning(ledger, start);
    if (beginning.type === "resume") return this.takeUp(beginning.run);
    const { supersedes } = beginning;
    if (supersedes !== undefined) {
      await ledger.append(this.lease, supersedes.run, clock.now(), [
        { type: "rollout-finished", result: "superseded" },
      ]);
    }
    await this.record([{ ...start, ...(supersedes === undefined ? {} : { supersedes }) }]);
  }

  async takeUp(run: string): Promise<void> {
    const state = await this.run.takeUp(run);
    const { release } = this.options;
    if (state.release !== release.name) {
      throw new Error(`run ${run} takes its sites to release ${state.release}, not to ${release.name}`);
    }
    const inFlight = [...state.sites.values()].filter(({ phase }) => phase === "running").map(({ site }) => site);
    await this.record([{ type: "driver-resumed", host: hostname(), pid: process.pid, inFlight }]);
  }

  private async untilTheEnd(): Promise<RolloutState> {
    for (;;) {
      await this.handleAll(await this.arrived());
      const state = this.current();
      if (this.hard) return state;
      const commands = decide(state, this.options.clock.now());
      // What has changed more than was decided is decided anew: a site that failed at once may have spent a budget.
      for (const command of commands) if (!(await this.execute(command))) break;
      const { finished, interrupted } = this.current();
      if (finished !== undefined || interrupted !== undefined) {
        // What came in at the last moment may open the rollout again, and must not be left without an answer.
        if (interrupted !== undefined || !(await this.takeRequests())) return this.current();
      }
      this.idle = commands.every(({ type }) => type === "wait");
    }
  }

  private arrived(): Promise<Message[]> | Message[] {
    return this.idle || !this.mailbox.isEmpty ? this.mailbox.receive() : [];
  }

  /** What ended together is recorded together: one of them says nothing about another. */
  private async handleAll(messages: readonly Message[]): Promise<void> {
    let ends: RolloutEvent[] = [];
    for (const message of messages) {
      if (message.type === "ended") {
        this.work.ended(message.site);
        ends.push(...afterRun(this.current(), message.events, this.options.clock.now()));
        continue;
      }
      await this.record(ends);
      ends = [];
      await this.handle(message);
    }
    await this.record(ends);
  }

  private async handle(message: Exclude<Message, { readonly type: "ended" }>): Promise<void> {
    switch (message.type) {
      case "happened":
        // Who was taken up again in between is not told of what came before.
        if (this.current().sites.get(message.site)?.token === message.token) await this.record([message.event]);
        return;
      case "happened-to-wave":
        if (isOfNow(this.current(), message.wave, message.round)) await this.record([message.event]);
        return;
      case "time":
        this.timers.delete(message.at);
        return;
      case "look-at-requests":
        await this.takeRequests();
        return this.lookAtRequests();
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

  /** @returns whether nothing but the command was done. */
  private async execute(command: Command): Promise<boolean> {
    switch (command.type) {
      case "record":
        await this.record(command.events);
        return true;
      case "start-site":
        return this.work.start(command.site, command.attempt);
      case "stage-site":
        await this.work.stage(command.site);
        return true;
      case "check-gate":
        await this.gates.check(command.site, command.gate);
        return true;
      case "check-wave-gate":
        await this.gates.checkWave(command.wave, command.gate);
        return true;
      case "wait":
        this.waitUntil(command.until);
        return true;
    }
  }

  private waitUntil(at: number): void {
    if (this.timers.has(at)) return;
    this.timers.add(at);
    void this.options.clock.until(at, this.over.signal).then(() => this.mailbox.send({ type: "time", at }));
  }

  private lookAtRequests(): void {
    const { clock, requestsEvery } = this.options;
    if (requestsEvery === undefined) return;
    void clock.until(clock.now() + requestsEvery, this.over.signal).then(() => {
      if (!this.over.signal.aborted) this.mailbox.send({ type: "look-at-requests" });
    });
  }

  private takeRequests(): Promise<boolean> {
    return requestsAnswered(this.options, this.loop);
  }

  private record(events: readonly RolloutEvent[]): Promise<void> {
    return this.run.record(events);
  }

  /** An abort stops the sites at once; what is opened again after one is not asked to stop. */
  private onRecorded(type: RolloutEvent["type"], { aborting, stopping }: RolloutState): void {
    if (type === "abort-requested") this.stopSites.abort();
    const opened = type === "rollout-reopened" || type === "rollback-started";
    if (opened && aborting === undefined && stopping === undefined) this.letSitesRun();
  }

  private letSitesRun(): void {
    if (!this.stopSites.signal.aborted) return;
    this.stopSites = new AbortController();
    setMaxListeners(0, this.stopSites.signal);
  }

  private current(): RolloutState {
    return this.run.current();
  }
}
