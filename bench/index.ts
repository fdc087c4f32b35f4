/**
 * `npm run bench` measures what edgewave promises to be fast at; `npm run bench -- SUBJECT [NUMBER...]` one subject.
 *
 * A new subject is a folder of its own and a line here.
 */
import { measureCheck } from "./check/measure";
import { measureEngines } from "./engine/measure";
import { measureFleet } from "./fleet/measure";
import type { Measured } from "./print";
import { measureRender } from "./render/measure";
import { measureRollout } from "./rollout/measure";
import { measureStatus } from "./status/measure";
import { printMachine, printMeasured } from "./print";

interface Subject {
  /** What its numbers mean, and are if they are not given. */
  readonly numbers: readonly (readonly [name: string, value: number])[];
  readonly measure: (numbers: readonly number[]) => Promise<Measured>;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  engine: {
    numbers: [
      ["sites for the embedded engine", 200],
      ["sites for the official CLI", 12],
    ],
    measure: measureEngines,
  },
  check: { numbers: [["sites", 500]], measure: measureCheck },
  fleet: { numbers: [["sites", 5000]], measure: measureFleet },
  render: { numbers: [["sites", 5000]], measure: measureRender },
  rollout: {
    numbers: [
      ["sites of a plan and a status", 10_000],
      ["unchanged sites", 5_000],
    ],
    measure: measureRollout,
  },
  status: { numbers: [["sites", 500]], measure: measureStatus },
};

async function main(args: readonly string[]): Promise<void> {
  // A number in the place of a subject is for the first one.
  const named = args[0] !== undefined && Number.isNaN(Number(args[0]));
  const wanted = named ? [args[0] as string] : args.length > 0 ? ["engine"] : Object.keys(SUBJECTS);
  const given = (named ? args.slice(1) : args).map(Number);
  if (wanted.some((name) => SUBJECTS[name] === undefined) || given.some((number) => !(number >= 0))) {
    return usage();
  }
  printMachine();
  for (const name of wanted) {
    const { numbers, measure } = SUBJECTS[name] as Subject;
    printMeasured(await measure(numbers.map(([, value], at) => given[at] ?? value)));
  }
}

function usage(): void {
  const lines = Object.entries(SUBJECTS).map(
    ([name, { numbers }]) => `  ${name}${numbers.map(([what, value]) => ` [${what}: ${value}]`).join("")}\n`,
  );
  process.stderr.write(`npm run bench [-- SUBJECT [NUMBER...]]\n${lines.join("")}`);
  process.exitCode = 2;
}

void main(process.argv.slice(2));
