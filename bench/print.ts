import { cpus, totalmem } from "node:os";

import Table from "cli-table3";

/** What a subject found, ready to be printed. */
export interface Measured {
  readonly title: string;
  /** The first column names the row; the others hold figures. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Lines under the table. */
  readonly notes: readonly string[];
}

export function printMachine(): void {
  const model = cpus()[0]?.model ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  process.stdout.write(`${cpus().length} cores (${model}), ${memory} GiB, Node ${process.versions.node}\n`);
}

export function printMeasured({ title, columns, rows, notes }: Measured): void {
  const table = new Table({
    head: [...columns],
    colAligns: columns.map((_, at) => (at === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  process.stdout.write(`\n${title}\n${table.toString()}\n${notes.map((note) => `${note}\n`).join("")}`);
}

/** Bytes as `123 MiB`. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
