import { expect } from "chai";

import type { RecordedProgram } from "./official";
import type { CheckpointResource } from "./workspace";

export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly keys?: string[];
  readonly diffs?: string[];
  readonly detailedDiff: unknown;
  readonly logical?: boolean;
  readonly old: StateMetadata | null;
  readonly new: StateMetadata | null;
}

interface StateMetadata {
  readonly id: string;
  readonly inputs: object;
  readonly outputs: object;
  readonly provider: string;
  readonly [key: string]: unknown;
}

interface Event {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly summaryEvent?: { readonly resourceChanges: object; readonly result: string };
}

function eventsOf(text: string): Event[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

/** What a preview told of each step, whole but for what is random. */
export function told(text: string): unknown[] {
  return eventsOf(text).flatMap((event) => {
    const kind = event.resourcePreEvent ? "begins" : "ends";
    const metadata = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
    if (metadata === undefined) {
      return [];
    }
    const { new: made, ...rest } = metadata;
    // The official provider of commands draws an id in a preview, which nothing sees.
    const named = made === null ? null : { ...made, id: metadata.op.startsWith("create") ? "" : made.id };
    return [{ kind, ...rest, diffs: [...(rest.diffs ?? [])].sort(), new: named }];
  });
}

/** The steps as they began: operation, resource, and why. */
export function planned(text: string): string[] {
  return steps(text)
    .map(({ op, urn, keys, diffs, logical }) => {
      const why = [(keys ?? []).join(), [...(diffs ?? [])].sort().join(), String(logical === true)];
      return [op, urn, ...why].join(" ");
    })
    .sort();
}

export function summary(text: string): unknown {
  const found = eventsOf(text).find(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  return { changes: found?.resourceChanges, result: found?.result };
}

export const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

export function steps(text: string): StepMetadata[] {
  return eventsOf(text).flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
}

/**
 * An order is allowed if each resource goes through its own steps as recorded, if nothing is made or changed before what
 * it needs, and nothing deleted before what needs it.
 */
export function expectAllowed(
  mine: StepMetadata[],
  theirs: StepMetadata[],
  states: readonly CheckpointResource[],
): void {
  const own = (list: StepMetadata[], urn: string) => list.filter((step) => step.urn === urn).map(({ op }) => op);
  for (const urn of new Set(theirs.map((step) => step.urn))) {
    expect(own(mine, urn), urn).to.deep.equal(own(theirs, urn));
  }
  const deletes = (op: string) => op.startsWith("delete");
  const at = (urn: string, gone: boolean) => mine.findIndex((step) => step.urn === urn && deletes(step.op) === gone);
  for (const { urn, dependencies, parent, provider } of states) {
    const needs = [
      ...(dependencies ?? []),
      ...(parent ? [parent] : []),
      ...(provider ? [provider.replace(/::[^:]+$/, "")] : []),
    ];
    for (const needed of needs) {
      if (at(urn, false) !== -1 && at(needed, false) !== -1) {
        expect(at(needed, false), `${needed} before ${urn}`).to.be.lessThan(at(urn, false));
      }
      if (at(urn, true) !== -1 && at(needed, true) !== -1) {
        expect(at(urn, true), `${urn} is gone before ${needed}`).to.be.lessThan(at(needed, true));
      }
    }
  }
}

/** The parts of a diff view, each a resource with its lines, in any order. */
export function parts(text: string): string[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("warning: "));
  return lines
    .join("\n")
    .split(/\n(?=[ +~<>=-]+\S+:\S+: \()/)
    .sort();
}

/** The lines of an update but for times, the stack's own line and the warnings of a development build. */
export function rows(text: string): string[] {
  return (
    text
      .split("\n")
      .map((line) => line.replace(/\(\d+\.\d\ds\)/, "(0.00s)"))
      // The lines of certificates.
      .filter((line) => !/^ +[+-]? *[\w+/=]{20,}$/.test(line))
      .filter((line) => line !== "" && !/^@|pulumi:pulumi:Stack|^Diagnostics:|^Duration:|warning: /.test(line))
      .sort()
  );
}

/** Texts that the update itself has drawn, in the order in which the outputs name them. */
export function withoutDrawn(lines: string[], drawn: readonly string[]): string[] {
  return lines.map((line) => drawn.reduce((text, value) => text.replaceAll(value, "DRAWN"), line)).sort();
}

export async function drawn(program: RecordedProgram, text: string): Promise<string[]> {
  const now = JSON.parse(text) as Record<string, unknown>;
  const before = JSON.parse(await program.text("2-up.outputs.json")) as Record<string, unknown>;
  return Object.keys(now).flatMap((key) => {
    const value = now[key];
    return typeof value === "string" && value !== before[key] && !value.includes("\n") ? [value] : [];
  });
}

/** The resources with their secrets in clear, by URN. */
export async function clear(program: RecordedProgram): Promise<unknown> {
  const { stdout } = await program.run(1, "stack", "export", "--show-secrets");
  const { resources } = (JSON.parse(stdout) as { deployment: { resources: CheckpointResource[] } }).deployment;
  return Object.fromEntries(resources.map((resource) => [resource.urn, resource]));
}
