import { z } from "zod";
import type { LiveObject } from "../kubernetes/client";
import type { PartAnswer } from "./form";

/** What a part says, read; or why nothing can be read from it. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

function parsed<T>(part: PartAnswer, schema: z.ZodType<T>): Read<T> {
  if ("problem" in part) return part;
  let json: unknown;
  try {
    json = JSON.parse(part.text);
  } catch {
    return { problem: "the answer is no JSON" };
  }
  const read = schema.safeParse(json);
  return read.success ? { value: read.data } : { problem: "the answer has an unknown form" };
}

const mostRows = 1000;
const cell = z.union([z.string().max(8192), z.number(), z.boolean(), z.null()]);
/** Kubernetes' `Table` of meta.k8s.io/v1: cells in the order of the columns' definitions. */
const tableSchema = z.object({
  kind: z.literal("Table"),
  columnDefinitions: z.array(z.object({ name: z.string() })).max(100),
  rows: z.array(z.object({ cells: z.array(cell).max(100) })).max(mostRows),
});

/** A row by the names of its columns; an empty cell is not there. */
export type Row = Readonly<Record<string, string | number | boolean>>;

export function rowsOf(part: PartAnswer): Read<readonly Row[]> {
  const read = parsed(part, tableSchema);
  if ("problem" in read) return read;
  const { columnDefinitions, rows } = read.value;
  return {
    value: rows.map(({ cells }) =>
      Object.fromEntries(
        columnDefinitions.flatMap(({ name }, index) => {
          const value = cells[index];
          return value === undefined || value === null || value === "" ? [] : [[name, value] as const];
        }),
      ),
    ),
  };
}

/** Columns without which a table of Flux's kinds cannot be judged. */
const neededColumns = ["Name", "Ready"];

/**
 * Flux's objects, put together again from the columns that `components/flux/crdSchema.ts` defines, as far as the rules
 * of kstatus look at them.
 */
export function objectsOf(part: PartAnswer): Read<readonly LiveObject[]> {
  const read = parsed(part, tableSchema);
  if ("problem" in read) return read;
  const columns = new Set(read.value.columnDefinitions.map(({ name }) => name));
  const missing = neededColumns.find((name) => !columns.has(name));
  if (missing !== undefined) return { problem: `the table has no column ${missing}` };
  const rows = rowsOf(part);
  return "problem" in rows ? rows : { value: rows.value.map(objectOf) };
}

function objectOf(row: Row): LiveObject {
  const condition = (type: string, reason: string, message: string) =>
    row[type] === undefined
      ? []
      : [
          {
            type,
            status: row[type],
            reason: row[reason] ?? "",
            message: row[message] ?? "",
            ...(type === "Ready" && { observedGeneration: row["Ready Generation"] }),
          },
        ];
  return {
    metadata: {
      name: row["Name"],
      namespace: row["Namespace"],
      generation: row["Generation"],
      deletionTimestamp: row["Deleted"],
    },
    spec: { suspend: row["Suspended"], sourceRef: { kind: row["Source Kind"], name: row["Source"] } },
    status: {
      observedGeneration: row["Observed"],
      lastAttemptedRevision: row["Attempted"],
      lastAppliedRevision: row["Applied"],
      conditions: [
        ...condition("Reconciling", "Reconciling Reason", ""),
        ...condition("Stalled", "", "Stalled Message"),
        ...condition("Ready", "Ready Reason", "Status"),
      ],
    },
  };
}

// prometheus.io/docs/prometheus/latest/querying/api: instant queries.
const vectorSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of an instant vector; those that are no finite number are left out. */
export function samplesOf(part: PartAnswer): Read<readonly Sample[]> {
  const read = parsed(part, vectorSchema);
  if ("problem" in read) return read;
  const samples = read.value.data.result.map(({ metric, value: [, text] }) => ({
    labels: metric,
    value: Number(text),
  }));
  return { value: samples.filter(({ value }) => Number.isFinite(value)) };
}

/** Commits of branches by name, as `git ls-remote --heads` tells them. */
export function branchesOf(part: PartAnswer): Read<ReadonlyMap<string, string>> {
  if ("problem" in part) return part;
  const branches = new Map<string, string>();
  for (const line of part.text.split("\n")) {
    const [, commit, branch] = /^([0-9a-f]{40}) refs\/heads\/(\S+)$/.exec(line) ?? [];
    if (commit !== undefined && branch !== undefined) branches.set(branch, commit);
  }
  return { value: branches };
}

/** Ends of certificates by the name of the endpoint, as `curl` tells them: `gitea Nov 28 10:00:00 2027 GMT`. */
export function certificateEndsOf(part: PartAnswer): Read<ReadonlyMap<string, number>> {
  if ("problem" in part) return part;
  const ends = new Map<string, number>();
  for (const line of part.text.split("\n")) {
    const [, name, date = ""] = /^([a-z0-9-]{1,63}) (.{1,40})$/.exec(line) ?? [];
    const at = Date.parse(date);
    if (name !== undefined && !Number.isNaN(at)) ends.set(name, at);
  }
  return { value: ends };
}
