import type { EngineEvent } from "@pulumi/pulumi/automation";

import { compareText } from "../order";
import { nameOf } from "./checkpoint";
import type { DriftEntry, DriftResult } from "../stackRunner";

/** Entries of one comparison that are told; a site whose every resource differs is told by its counts. */
const mostEntries = 50;
const mostPaths = 20;

/** Operations that change nothing, or are part of another that is counted. */
const silent = new Set([
  "same",
  "read",
  "refresh",
  "discard",
  "remove-pending-replace",
  "delete-replaced",
  "create-replacement",
]);

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly old?: StateMetadata | null;
  readonly new?: StateMetadata | null;
  readonly diffs?: readonly string[];
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

interface StateMetadata {
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/**
 * Gathers from the events of a preview what differs. A preview with a refresh tells of a resource twice: what the
 * refresh found, then what the program would do about it. The first of the two is kept, with the paths of both.
 */
export class DriftReport {
  private readonly entries = new Map<string, DriftEntry>();
  private readonly seen = new Set<string>();
  /** What a refresh has begun to read. */
  private readonly refreshing = new Set<string>();

  readonly take = ({ resOutputsEvent, resourcePreEvent }: EngineEvent): void => {
    const metadata = (resOutputsEvent ?? resourcePreEvent)?.metadata as StepMetadata | undefined;
    if (metadata === undefined) return;
    // What ends is a refresh's until the same resource begins again as a step of the program.
    if (resourcePreEvent !== undefined) this.begin(metadata);
    else this.end(metadata);
  };

  /**
   * @param files what `changedFiles` found.
   * @param mask takes secrets out of a text; a path could hold one as a map's key.
   */
  result(files: readonly DriftEntry[], mask: (text: string) => string): Omit<DriftResult, "seconds" | "notes"> {
    const all = [...this.entries.values(), ...files].map((entry) => ({
      ...entry,
      name: mask(entry.name),
      paths: entry.paths.slice(0, mostPaths).map(mask),
    }));
    all.sort((a, b) => compareText(a.found, b.found) || compareText(a.type, b.type) || compareText(a.name, b.name));
    const changes: Record<string, number> = {};
    for (const { op } of all) changes[op] = (changes[op] ?? 0) + 1;
    const same = [...this.seen].filter((urn) => !this.entries.has(urn)).length;
    if (same > 0) changes["same"] = same;
    return { changes, entries: all.slice(0, mostEntries), more: Math.max(0, all.length - mostEntries) };
  }

  private begin(metadata: StepMetadata): void {
    if (metadata.op === "refresh") this.refreshing.add(metadata.urn);
    else this.note(metadata, "preview");
  }

  private end(metadata: StepMetadata): void {
    if (this.refreshing.delete(metadata.urn)) this.note(refreshed(metadata), "refresh");
    else this.note(metadata, "preview");
  }

  private note(metadata: StepMetadata, found: DriftEntry["found"]): void {
    const { urn, op, type } = metadata;
    // Engines make these by themselves, and do not count them either.
    if (/^pulumi:providers:/.test(type) && /^default(_|$)/.test(nameOf(urn))) return;
    this.seen.add(urn);
    if (silent.has(op)) return;
    const known = this.entries.get(urn);
    const paths = [...new Set([...(known?.paths ?? []), ...pathsOf(metadata)])].sort(compareText);
    this.entries.set(urn, known === undefined ? { found, op, type, name: nameOf(urn), paths } : { ...known, paths });
  }
}

/**
 * The official engine may leave a refresh's step its name; whether it found a change then shows in the states.
 */
function refreshed(metadata: StepMetadata): StepMetadata {
  if (metadata.op !== "refresh") return metadata;
  if (metadata.new === null || metadata.new === undefined) return { ...metadata, op: "delete" };
  const changed = pathsOf(metadata).length > 0;
  return { ...metadata, op: changed ? "update" : "same" };
}

function pathsOf({ detailedDiff, diffs, op, old, new: made }: StepMetadata): string[] {
  const detailed = Object.keys(detailedDiff ?? {});
  if (detailed.length > 0) return detailed;
  if (diffs !== undefined && diffs.length > 0) return [...diffs];
  if (op !== "refresh" && op !== "update") return [];
  const before = old?.outputs ?? {};
  const after = made?.outputs ?? {};
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}
