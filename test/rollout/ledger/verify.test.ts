import { readFile, writeFile } from "node:fs/promises";

import { expect } from "chai";

import { rowHash } from "../../../rollout/ledger/chain";
import { exportLedger } from "../../../rollout/ledger/export";
import { LedgerUnreadable } from "../../../rollout/ledger/fileFailures";
import { verifyLedger } from "../../../rollout/ledger/verify";
import { headsIn, verifyExport } from "../../../rollout/ledger/verifyExport";
import { MemoryLedger } from "../memoryLedger";
import { ended, LedgerFile, reopened, started, wave } from "./fileFixture";

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

describe("an exported and verified ledger", () => {
  let file: LedgerFile;

  beforeEach(async () => {
    file = await LedgerFile.make();
  });

  afterEach(() => file.remove());

  /** Two runs, of four events and one. */
  async function filled() {
    const ledger = await file.open();
    const lease = await ledger.lease("rollout/autumn");
    await ledger.append(lease, "run-1", 1000, [started(), wave("canary"), wave("rest"), ended]);
    await ledger.append(lease, "run-2", 2000, [started()]);
    return { ledger, lease };
  }

  const told = (findings: readonly { run: string; sequence: number; why: string }[] | undefined) =>
    findings?.map(({ run, sequence, why }) => `${run}/${sequence}: ${why}`);
  const verified = async (...heads: Parameters<typeof verifyLedger>[1][]) =>
    told(await verifyLedger(file.path, ...heads));

  it("holds", async () => {
    const { ledger } = await filled();
    expect(await verified()).to.deep.equal([]);
    expect(await verifyExport(exportLedger(ledger))).to.deep.equal([]);
  });

  it("has each event as it is stored, in lines of JSON, with a head after each run", async () => {
    const { ledger } = await filled();
    const lines = (await linesOf(exportLedger(ledger))).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ run, sequence, events }) => [run, sequence ?? `${String(events)} events`])).to.deep.equal([
      ...[1, 2, 3, 4].map((sequence) => ["run-1", sequence]),
      ["run-1", "4 events"],
      ["run-2", 1],
      ["run-2", "1 events"],
    ]);
    expect(lines[1]).to.deep.include({
      at: 1000,
      type: "wave-started",
      data: '{"type":"wave-started","wave":"canary"}',
    });
    expect(lines[1]?.["hash"]).to.equal(rowHash(lines[1] as never));
    expect(lines[4]?.["head"]).to.equal(lines[3]?.["hash"]);
    expect(await linesOf(exportLedger(ledger, "run-2"))).to.have.length(2);
    expect(await linesOf(exportLedger(ledger, "run-3"))).to.deep.equal([]);
  });

  it("may be longer than what is read at once", async () => {
    const { ledger, lease } = await filled();
    const many = Array.from({ length: 2500 }, (_, index) => wave(`w${index}`));
    await ledger.append(lease, "run-2", 3000, many);
    const lines = await linesOf(exportLedger(ledger, "run-2"));
    expect(lines).to.have.length(2502);
    expect(await verifyExport(lines)).to.deep.equal([]);
    expect(await verified()).to.deep.equal([]);
  });

  it("can be one in memory", async () => {
    const memory = new MemoryLedger();
    await memory.append(await memory.lease("x"), "run-1", 1, [started(), wave("canary")]);
    expect(await verifyExport(exportLedger(memory))).to.deep.equal([]);
  });

  it("is verified while a driver writes, who is not hindered", async () => {
    const { ledger, lease } = await filled();
    const writing = (async () => {
      for (let index = 0; index < 30; index += 1) {
        await ledger.append(lease, "run-2", index, index % 2 === 0 ? [ended] : [reopened]);
      }
    })();
    for (let index = 0; index < 5; index += 1) expect(await verified()).to.deep.equal([]);
    await writing;
    expect(await verified()).to.deep.equal([]);
  });

  it("is not changed by being verified, also one of an older version", async () => {
    (await filled()).ledger.close();
    await file.execute("PRAGMA user_version = 2; DROP TABLE requests; PRAGMA wal_checkpoint(TRUNCATE)");
    const before = await readFile(file.path);
    expect(await verified()).to.deep.equal([]);
    expect((await readFile(file.path)).equals(before)).to.equal(true);
  });

  it("shows everything that is wrong, and not only the first of it", async () => {
    await filled();
    await file.tamper(
      "UPDATE events SET data = replace(data, 'canary', 'canarx') WHERE sequence = 2;" +
        "DELETE FROM events WHERE sequence = 3; UPDATE events SET at = 5 WHERE run = 'run-2';" +
        "INSERT INTO runs (run, rollout, started_at, finished) VALUES ('run-9', 'autumn', 1, 0)",
    );
    expect(await verified()).to.deep.equal([
      "run-9/0: it is in the list of runs and has no events",
      "run-1/2: its content is not what was written",
      "run-1/3: the event is missing; the next one is event 4",
      "run-2/1: its content is not what was written",
    ]);
  });

  for (const [name, sql, expected] of [
    [
      "an event put in front",
      "UPDATE events SET sequence = 0 WHERE sequence = 1 AND run = 'run-1'",
      ["run-1/0: it comes after event 0", "run-1/0: its content is not what was written"],
    ],
    [
      "several events removed",
      "DELETE FROM events WHERE sequence IN (2, 3)",
      ["run-1/2: the event is missing, with 1 after it; the next one is event 4"],
    ],
    [
      "an event of another run",
      "UPDATE events SET previous = 'x' WHERE sequence = 2",
      ["run-1/2: it does not follow the event before it", "run-1/2: its content is not what was written"],
    ],
    [
      "what is no JSON",
      "UPDATE events SET data = '{' WHERE sequence = 2",
      ["run-1/2: its content is not what was written", "run-1/2: its content is no event"],
    ],
    [
      "a run taken from the list",
      "DELETE FROM runs WHERE run = 'run-2'",
      ["run-2/0: it has events and is not in the list of runs"],
    ],
    [
      "a run listed as ended",
      "UPDATE runs SET finished = 1 WHERE run = 'run-2'",
      ["run-2/0: it is listed as ended and did not"],
    ],
    [
      "an ended run listed as open",
      "UPDATE runs SET finished = 0",
      ["run-1/0: it ended and is listed as if it had not"],
    ],
    [
      "a run listed under another rollout",
      "UPDATE runs SET rollout = 'winter' WHERE run = 'run-2'",
      ["run-2/0: it is of the rollout autumn and is listed under winter"],
    ],
  ] as const) {
    it(`shows ${name}`, async () => {
      await filled();
      await file.tamper(sql);
      expect(await verified()).to.include.members([...expected]);
    });
  }

  it("shows that events were cut off, or all written anew, to who has kept an export", async () => {
    const { ledger } = await filled();
    const heads = await headsIn(exportLedger(ledger));
    expect(heads.map(({ run, events }) => [run, events])).to.deep.equal([
      ["run-1", 4],
      ["run-2", 1],
    ]);
    expect(await verified(heads)).to.deep.equal([]);
    await file.tamper("DELETE FROM events WHERE sequence > 2; UPDATE runs SET finished = 0");
    expect(await verified()).to.deep.equal([]);
    expect(await verified(heads)).to.deep.equal(["run-1/3: events are cut off: 4 are known from elsewhere"]);
    const [row] = await ledger.rows("run-2");
    const forged = { ...row!, at: 7 };
    await file.execute(`UPDATE events SET at = 7, hash = '${rowHash(forged)}' WHERE run = 'run-2'`);
    expect(await verified(heads)).to.include(
      "run-2/1: its hash is not the one that is known from elsewhere: all of it was written anew",
    );
    await file.execute("DELETE FROM events WHERE run = 'run-2'; DELETE FROM runs WHERE run = 'run-2'");
    expect(await verified(heads)).to.include("run-2/1: events are cut off: 1 are known from elsewhere");
  });

  it("is not there, is empty, or is something else", async () => {
    expect(await verifyLedger(file.path)).to.equal(undefined);
    for (const content of ["", "hello, this is no database at all"]) {
      await writeFile(file.path, content);
      const failure = await verifyLedger(file.path).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(LedgerUnreadable);
    }
  });

  describe("in an export that was edited", () => {
    for (const [name, edit, expected] of [
      [
        "a changed event",
        (lines: string[]) => lines.with(1, lines[1]!.replace("canary", "canarx")),
        ["2 run-1/2: its content is not what was written"],
      ],
      [
        "a lost line",
        (lines: string[]) => lines.toSpliced(1, 1),
        [
          "2 run-1/2: the event is missing; the next one is event 3",
          "4 run-1/0: its head tells of 4 events, and 3 are there",
        ],
      ],
      [
        "a lost head",
        (lines: string[]) => lines.toSpliced(4, 1),
        ["5 run-1/0: its head is missing: the export is not complete"],
      ],
      [
        "a lost end",
        (lines: string[]) => lines.slice(0, 6),
        ["6 run-2/0: its head is missing: the export is not complete"],
      ],
      [
        "lost events",
        (lines: string[]) => lines.toSpliced(0, 4),
        ["1 run-1/0: its head is there and its events are not"],
      ],
      [
        "another head",
        (lines: string[]) => lines.with(6, lines[6]!.replace(/"head":"./, '"head":"g')),
        ["7 run-2/0: its head is not the hash of its last event"],
      ],
      [
        "a line of something else",
        (lines: string[]) => lines.toSpliced(2, 0, "{}", "oops"),
        [
          "3 run-1/0: the line is neither an event nor the head of a run",
          "4 run-1/0: the line is neither an event nor the head of a run",
        ],
      ],
      [
        "a run that is there twice",
        (lines: string[]) => [...lines, ...lines.slice(5)],
        ["8 run-2/1: the run was complete before"],
      ],
      ["nothing but an empty line", (lines: string[]) => [...lines, ""], []],
    ] as const) {
      it(`shows ${name}`, async () => {
        const { ledger } = await filled();
        const edited = edit(await linesOf(exportLedger(ledger)));
        const findings = await verifyExport(edited);
        expect(findings.map(({ line, run, sequence, why }) => `${line} ${run}/${sequence}: ${why}`)).to.deep.equal(
          expected,
        );
      });
    }
  });
});
