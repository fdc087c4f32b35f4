import type { Diagnostic, RunObserver } from "../events/observer";
import type { Planning } from "../plans/planning";
import type { PropertyMap } from "../property/value";
import type { CallContext, ResourceProvider } from "../providers/provider";
import type { Snapshot } from "../state/checkpoint";
import type { SnapshotWriter } from "../state/journal";
import { Journal } from "../state/journal";
import type { ResourceState } from "../state/resource";
import type { Goal } from "../steps/goal";
import type { Step } from "../steps/step";
import type { Selection, UrnPatterns } from "../steps/targets";
import { Slots } from "../steps/slots";
import { makeUrn } from "../urn";
import type { Policies } from "../policies/policies";
import { Hooks } from "./hooks";
import { ProviderInstances } from "./providers";

export interface RunOptions {
  readonly stack: string;
  readonly project: string;
  readonly preview: boolean;
  /** From 1; `Infinity` for no limit. */
  readonly parallel: number;
  /** URNs to replace, whether they differ or not. */
  readonly replace: UrnPatterns;
  readonly selection: Selection;
  /** Whether a resource that fails stops only what depends on it. */
  readonly continueOnError: boolean;
  /** Where the program lies, for relative paths of assets and of commands. */
  readonly programFolder: string;
  /** The environment of the command, which providers and what they start inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly providers: readonly ResourceProvider[];
  /** The stack's configuration of a package, for its default providers. */
  readonly packageConfig: (pkg: string) => PropertyMap;
  readonly base: Snapshot;
  /** Where the state is saved; `undefined` in a preview. */
  readonly writer: SnapshotWriter | undefined;
  readonly observer: RunObserver;
  /** The plan that is made or kept to; `undefined` in a refresh. */
  readonly planning?: Planning;
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal;
}

/** The run has been stopped, by a failure or by the user: what has not begun does not begin. */
export class Stopped extends Error {
  constructor() {
    super("resource monitor shut down while waiting on step's done channel");
    this.name = "Stopped";
  }
}

/** What the parts of one run share: what was there, what has become of it, and whether to go on. */
export class Run {
  readonly journal: Journal;
  readonly instances: ProviderInstances;
  readonly slots: Slots;
  readonly hooks = new Hooks();
  /** The policy packs, while a program runs. */
  policies: Policies | undefined;
  /** By URN, the resources that are in the state and not waiting for deletion. */
  readonly olds: Map<string, ResourceState>;
  /** By URN, what this run has registered. */
  readonly news = new Map<string, ResourceState>();
  /** By new URN, the one that the resource had in the state. */
  readonly formerUrns = new Map<string, string>();
  /** By former URN, the new one. */
  readonly renamed = new Map<string, string>();
  /** URNs that this run has seen or made, under their new names. */
  readonly operated = new Set<string>();
  readonly replaced = new Set<string>();
  /** URNs that were carried over because something else in the state needs them. */
  readonly kept = new Set<string>();
  /** URNs of new resources that `--target` leaves out. */
  readonly skippedCreates = new Set<string>();
  /** URNs that failed, or were not tried because what they need had failed. */
  readonly lost = new Set<string>();
  private broken = false;
  /** The steps of components, which end when their outputs are registered. */
  readonly componentSteps = new Map<string, Step>();
  /** URNs whose resources were deleted before their replacement; their registration makes them anew. */
  readonly deletedForReplacement = new Map<string, readonly string[]>();
  /** Old states that have been deleted in this run already. */
  readonly deletedStates = new Set<ResourceState>();
  readonly deletedUrns = new Set<string>();
  /** Resolves as soon as nothing more may begin. */
  readonly halted: Promise<"halted">;
  private readonly counts = new Map<string, number>();
  private readonly active = new Set<Promise<unknown>>();
  private failures = 0;
  private tolerated = 0;
  private halt: () => void = () => undefined;

  constructor(readonly options: RunOptions) {
    this.journal = new Journal(options.base, options.writer, this.renamed);
    this.slots = new Slots(options.parallel);
    this.instances = new ProviderInstances(options.providers, (urn) => this.context(urn));
    this.halted = new Promise((resolve) => (this.halt = () => resolve("halted")));
    options.signal.addEventListener("abort", this.halt, { once: true });
    if (options.signal.aborted) {
      this.halt();
    }
    this.olds = new Map(
      options.base.resources.filter(({ fields }) => !fields.delete).map((resource) => [resource.urn, resource]),
    );
  }

  get failed(): boolean {
    return this.failures > 0;
  }

  get stopped(): boolean {
    return (
      (this.failures > this.tolerated && (this.broken || !this.options.continueOnError)) || this.options.signal.aborted
    );
  }

  /** @throws Stopped if nothing more may begin. */
  goOn(): void {
    if (this.stopped) {
      throw new Stopped();
    }
  }

  /** Reports an error at a resource, or at the stack, and stops the run. */
  fail(urn: string, message: string): void {
    this.broken = true;
    this.failStep(urn, message);
    this.halt();
  }

  /** A mandatory policy is violated, as has been reported: a preview goes on to find the others. */
  violated(): void {
    this.failures += 1;
    if (!this.options.preview) {
      this.broken = true;
      this.halt();
    } else {
      this.tolerated += 1;
    }
  }

  /** Reports that a step failed; whether the run goes on without what depends on it is for the user to say. */
  failStep(urn: string, message: string): void {
    this.failures += 1;
    this.report({ urn, severity: "error", message });
    if (this.options.continueOnError) {
      this.lost.add(urn);
    } else {
      this.halt();
    }
  }

  /** Lets `idle` wait for the work. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.active.add(promise);
    try {
      return await promise;
    } finally {
      this.active.delete(promise);
    }
  }

  /** Resolves when no tracked work is under way. */
  async idle(): Promise<void> {
    while (this.active.size > 0) {
      await Promise.allSettled([...this.active]);
    }
  }

  /** Tells people something; an error this way does not stop the run. */
  report(diagnostic: Pick<Diagnostic, "urn" | "severity" | "message"> & Partial<Diagnostic>): void {
    this.options.observer.diagnostic({ streamId: 0, ephemeral: false, ...diagnostic });
  }

  /** What a provider gets with each call. */
  context(urn: string): CallContext {
    return {
      signal: this.options.signal,
      environment: this.options.environment,
      // Where the official engine starts its plugins.
      directory: this.options.programFolder,
      log: (severity, message, options) =>
        // What a provider logs as an error is shown as one; whether the step failed is for the call to say.
        this.options.observer.diagnostic({
          urn,
          severity,
          message,
          streamId: options?.streamId ?? 0,
          ephemeral: options?.ephemeral ?? false,
        }),
    };
  }

  /** The URN of a resource that the program asks for. */
  urnOf(goal: Goal): string {
    return makeUrn(this.options.stack, this.options.project, goal.parent, goal.type, goal.name);
  }

  /** Notes steps in the plan before any of them is done. @throws if the plan does not allow one. */
  planned(...steps: Step[]): void {
    this.options.planning?.steps(steps, (urn) => this.renamed.get(urn) ?? urn);
  }

  count(op: string): void {
    this.counts.set(op, (this.counts.get(op) ?? 0) + 1);
  }

  /** How many resources each operation changed. */
  get changes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
