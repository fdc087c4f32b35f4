import { readFleet } from "../../fleet/read";
import type { Cost } from "../child";
import { answer, ownCost } from "../child";

export interface ReaderAnswer extends Cost {
  readonly seconds: number;
  /** Bytes that the fleet takes once it is read. */
  readonly kept: number;
}

// One process that reads a fleet.
const [folder = "", count = "0"] = process.argv.slice(2);

async function main(): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const { fleet, findings } = await readFleet(folder);
  const seconds = (performance.now() - began) / 1000;
  const cost = ownCost();
  if (fleet?.sites.length !== Number(count)) {
    throw new Error(`the fleet was not read: ${JSON.stringify(findings.slice(0, 3))}`);
  }
  globalThis.gc?.();
  const kept = process.memoryUsage().heapUsed - before;
  answer({ ...cost, seconds, kept } satisfies ReaderAnswer);
}

void main();
