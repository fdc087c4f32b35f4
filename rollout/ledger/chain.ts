import { createHash } from "node:crypto";

/** An event as it is stored. */
export interface ChainedRow {
  readonly run: string;
  readonly sequence: number;
  readonly at: number;
  readonly type: string;
  readonly version: number;
  /** JSON text of the event. */
  readonly data: string;
  /** Hash of the event before it in the same run. */
  readonly previous: string;
  readonly hash: string;
}

/** What the first event of a run has as its previous hash. */
export const chainStart = "0".repeat(64);

/** Hex SHA-256 over an event and the hash before it. Each part is preceded by its length, so no two rows run together. */
export function rowHash(row: Omit<ChainedRow, "hash">): string {
  const hash = createHash("sha256");
  for (const part of [row.previous, row.run, row.sequence, row.at, row.type, row.version, row.data]) {
    const text = String(part);
    hash.update(`${Buffer.byteLength(text)}:${text}`);
  }
  return hash.digest("hex");
}

/** Where a chain breaks and why. */
export interface ChainBreak {
  readonly sequence: number;
  readonly why: string;
}

/** The place in a chain behind which the next row belongs. */
export interface ChainPlace {
  readonly sequence: number;
  readonly hash: string;
}

export const beginning: ChainPlace = { sequence: 0, hash: chainStart };

/** Everything that is wrong with a row, given the one before it. */
export function breaksOf(row: ChainedRow, before: ChainPlace): ChainBreak[] {
  const breaks: ChainBreak[] = [];
  if (row.sequence !== before.sequence + 1) breaks.push(gap(row.sequence, before.sequence));
  else if (row.previous !== before.hash) {
    breaks.push({ sequence: row.sequence, why: "it does not follow the event before it" });
  }
  if (row.hash !== rowHash(row)) breaks.push({ sequence: row.sequence, why: "its content is not what was written" });
  return breaks;
}

function gap(found: number, before: number): ChainBreak {
  if (found <= before) return { sequence: found, why: `it comes after event ${before}` };
  if (found === before + 2) {
    return { sequence: before + 1, why: `the event is missing; the next one is event ${found}` };
  }
  return {
    sequence: before + 1,
    why: `the event is missing, with ${found - before - 2} after it; the next one is event ${found}`,
  };
}

/**
 * The first break in consecutive rows of one run, or undefined if they hold. It shows a row that was changed, removed
 * from the middle or put in. Rows cut off at the end leave a shorter chain that holds; and who recomputes all hashes
 * goes unseen, as there is no key. Keep copies of the last hash elsewhere to see those.
 * @param before the row in front of the first one.
 */
export function findBreak(rows: readonly ChainedRow[], before: ChainPlace = beginning): ChainBreak | undefined {
  let place = before;
  for (const row of rows) {
    const [found] = breaksOf(row, place);
    if (found !== undefined) return found;
    place = row;
  }
  return undefined;
}
