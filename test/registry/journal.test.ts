import { expect } from "chai";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { LockJournal } from "../../registry/journal";
import { withFolder } from "../support/edgewave";

const image = { repository: "quay.io/a/b", tag: "1" };
const locked = { tag: "1", index: `sha256:${"a".repeat(64)}`, amd64: `sha256:${"b".repeat(64)}` };

/** What a journal of the file knows of an image. */
async function known(file: string, from: string, at: number, wanted = image) {
  const journal = await LockJournal.open(file, from, () => at);
  try {
    return journal.known(wanted);
  } finally {
    await journal.close(false);
  }
}

describe("the journal of a lock", () => {
  it("knows after a kill what was resolved before, but for the line that was torn", () =>
    withFolder(async (folder) => {
      const file = path.join(folder, "locks", "r.jsonl");
      const first = await LockJournal.open(file, "here");
      await first.add(image, locked);
      appendFileSync(file, readFileSync(file, "utf8").slice(0, 40));
      const second = await LockJournal.open(file, "here");
      expect(second.known(image)).to.deep.equal(locked);
      expect(second.known({ ...image, tag: "2" })).to.equal(undefined);
      const other = { repository: "quay.io/c", tag: "1" };
      await second.add(other, locked);
      await second.close(false);
      const third = await LockJournal.open(file, "here");
      expect(third.known(other)).to.deep.equal(locked);
      await third.close(true);
      expect(existsSync(file)).to.equal(false);
      await first.close(false);
    }));

  it("does not know what other registries said, what is a day old, or what is no digest", () =>
    withFolder(async (folder) => {
      const file = path.join(folder, "r.jsonl");
      const journal = await LockJournal.open(file, "here", () => 0);
      await journal.add(image, locked);
      await journal.close(false);
      expect(await known(file, "there", 0)).to.equal(undefined);
      expect(await known(file, "here", 86_400_000)).to.deep.equal(locked);
      expect(await known(file, "here", 86_400_001)).to.equal(undefined);
      appendFileSync(file, JSON.stringify({ from: "here", at: 0, repository: "x", locked: { tag: "1", index: "no" } }));
      expect(await known(file, "here", 0, { repository: "x", tag: "1" })).to.equal(undefined);
    }));

  it("knows charts by name, version and source", () =>
    withFolder(async (folder) => {
      const file = path.join(folder, "r.jsonl");
      const chart = { name: "loki", location: "charts/loki", version: "1.2.3", repository: "https://charts.example" };
      const found = { version: "1.2.3", source: chart.repository, digest: locked.index, archive: locked.amd64 };
      const first = await LockJournal.open(file, "here");
      await first.addChart(chart, found);
      await first.add(image, locked);
      await first.close(false);
      const second = await LockJournal.open(file, "here");
      expect(second.knownChart(chart)).to.deep.equal(found);
      expect(second.known(image)).to.deep.equal(locked);
      for (const other of [{ name: "velero" }, { version: "1.2.4" }, { repository: "https://other.example" }]) {
        expect(second.knownChart({ ...chart, ...other })).to.equal(undefined);
      }
      await second.close(true);
    }));
});
