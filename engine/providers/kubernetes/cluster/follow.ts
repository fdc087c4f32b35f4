import { setTimeout as sleep } from "node:timers/promises";
import { isList, isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { textAt } from "../kinds";
import { metadataOf, nameOf, namespaceOf } from "../object";
import { ApiError, apiError, Unreachable } from "./failure";
import type { Objects, Selection } from "./objects";

/** The server is asked to end a watch after so many seconds: before a connection without a word is taken for gone. */
const watchSeconds = 45;
/** Pauses between reads in milliseconds, where nothing can be watched or the server does not answer. */
const firstPause = 100;
const longestPause = 2000;

/** Objects as they were read, and the version of the cluster's state that a watch of them starts from. */
interface Snapshot {
  readonly objects: readonly PropertyMap[];
  /** Empty if there is none to watch from. */
  readonly resourceVersion: string;
}

/**
 * Follows objects as they change: reads them, then watches from there. A watch that the server ends is taken up where
 * it was; one that breaks off or is too old (410) begins with a new read; where there is no right to watch, they are
 * read every 2 seconds.
 */
export class Follower {
  private readonly found = new Map<string, PropertyMap>();
  private readonly stopping = new AbortController();
  private ended: { readonly error: unknown } | undefined;
  private watchable = true;
  private known = false;
  /** What keeps it from the server at the moment. */
  private trouble: Unreachable | undefined;

  private constructor(
    private readonly objects: Objects,
    private readonly selection: Selection,
    private readonly read: (signal: AbortSignal) => Promise<Snapshot>,
    private readonly changed: () => void,
    first: Snapshot | undefined,
    outer: AbortSignal,
  ) {
    const signal = AbortSignal.any([outer, this.stopping.signal]);
    this.run(first, signal).catch((error: unknown) => {
      this.ended = { error };
      this.changed();
    });
  }

  /**
   * Follows one object from the version that is at hand.
   *
   * @param changed called after each change.
   */
  static ofObject(objects: Objects, object: PropertyMap, changed: () => void, signal: AbortSignal): Follower {
    const read = async (own: AbortSignal): Promise<Snapshot> => {
      const now = await objects.find(object, own);
      return { objects: now === undefined ? [] : [now], resourceVersion: now === undefined ? "" : versionOf(now) };
    };
    const selection = {
      apiVersion: textAt(object, "apiVersion"),
      kind: textAt(object, "kind"),
      namespace: namespaceOf(object),
      query: { fieldSelector: `metadata.name=${nameOf(object)}` },
    };
    const first = { objects: [object], resourceVersion: versionOf(object) };
    return new Follower(objects, selection, read, changed, first, signal);
  }

  /** Follows all objects that are selected. */
  static ofSelection(objects: Objects, selection: Selection, changed: () => void, signal: AbortSignal): Follower {
    const read = async (own: AbortSignal): Promise<Snapshot> => {
      const list = await objects.list(selection, own);
      const items = isList(list["items"]) ? list["items"].filter(isMap) : [];
      return { objects: items, resourceVersion: versionOf(list) };
    };
    return new Follower(objects, selection, read, changed, undefined, signal);
  }

  /**
   * The objects as they were last seen; undefined before the first read.
   *
   * @throws ApiError if they may not even be read; what ended the run if it was cancelled.
   */
  now(): readonly PropertyMap[] | undefined {
    if (this.ended !== undefined) throw this.ended.error;
    return this.known ? [...this.found.values()] : undefined;
  }

  /** Why what is known may be old; undefined while the server answers. */
  get stale(): string | undefined {
    return this.trouble?.message;
  }

  stop(): void {
    this.stopping.abort();
  }

  private async run(first: Snapshot | undefined, signal: AbortSignal): Promise<void> {
    let version = first === undefined ? "" : this.take(first);
    for (let pause = firstPause; !signal.aborted;) {
      try {
        if (version === "") version = this.take(await this.read(signal));
        this.trouble = undefined;
        const began = Date.now();
        if (this.watchable && version !== "") version = await this.watch(version, signal);
        else version = "";
        // A server that ends each watch at once is not asked without a pause.
        pause = version !== "" && Date.now() - began > longestPause ? firstPause : longer(pause);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Unreachable) && !passes(error)) throw error;
        this.trouble = error instanceof Unreachable ? error : undefined;
        version = "";
        pause = longer(pause);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    signal.throwIfAborted();
  }

  /** Watches until the server ends it. @returns the version to go on from; empty to read anew. */
  private async watch(from: string, signal: AbortSignal): Promise<string> {
    let version = from;
    // What ends without a word may be no watch at all: something on the way that does not know of them.
    let heard = false;
    const onEvent = (event: PropertyMap): void => {
      const object = isMap(event["object"]) ? event["object"] : {};
      const type = textAt(event, "type");
      if (type === "ERROR") throw apiError(Number(object["code"] ?? 0), object, "");
      if (!["ADDED", "MODIFIED", "DELETED", "BOOKMARK"].includes(type)) return;
      heard = true;
      version = versionOf(object) || version;
      if (type === "BOOKMARK") return;
      if (type === "DELETED") this.found.delete(keyOf(object));
      else this.found.set(keyOf(object), object);
      this.changed();
    };
    try {
      await this.objects.watch(this.selection, from, watchSeconds, onEvent, signal);
      return heard ? version : "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Not everybody may watch what they may read, and not everything can be watched.
      if ([403, 404, 405, 501].includes(error.code)) this.watchable = false;
      return "";
    }
  }

  private take({ objects, resourceVersion }: Snapshot): string {
    this.found.clear();
    for (const object of objects) this.found.set(keyOf(object), object);
    this.known = true;
    this.changed();
    return resourceVersion;
  }
}

/** Answers that another try may better: the server is busy, or something on the way to it is. */
function passes(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 429 || error.code >= 500);
}

function longer(pause: number): number {
  return Math.min(pause * 1.5, longestPause);
}

function keyOf(object: PropertyMap): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}

function versionOf(object: PropertyMap): string {
  return textAt(metadataOf(object), "resourceVersion");
}
