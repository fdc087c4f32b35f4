import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { decided } from "./support/decided";
import { RecordedProgram } from "./support/official";
import {
  byText,
  clear,
  drawn,
  expectAllowed,
  parts,
  planned,
  rows,
  steps,
  summary,
  told,
  withoutDrawn,
} from "./support/recorded";
import type { CheckpointResource } from "./support/workspace";

// The cluster case needs an API server: providers/kubernetes/real/recorded.test.ts.
const PROGRAMS = ["random", "tls", "command", "graph", "render"];

/** @throws if a resource stands before what it needs. */
function dependenciesFirst(resources: readonly CheckpointResource[]): void {
  const seen = new Set<string>();
  for (const { urn, parent, dependencies, provider } of resources) {
    const needs = [
      ...(parent ? [parent] : []),
      ...(dependencies ?? []),
      ...(provider ? [provider.replace(/::[^:]+$/, "")] : []),
    ];
    needs.forEach((needed) => expect(seen, `${urn} comes before ${needed}`).to.include(needed));
    seen.add(urn);
  }
}

/** A preview of the change: the same events in an order that the recorded one allows, and the same view. */
async function expectSamePreview(program: RecordedProgram): Promise<void> {
  const log = join(program.folder, "preview.jsonl");
  const { stdout } = await program.run(2, "preview", "--diff", "--event-log", log);
  const mine = await readFile(log, "utf8");
  const theirs = await program.text("4-preview-changed.events.jsonl");
  expect(told(mine).sort(byText)).to.deep.equal(told(theirs).sort(byText));
  expectAllowed(steps(mine), steps(theirs), await program.recorded("2-up.state.json"));
  expect(summary(mine)).to.deep.equal(summary(theirs));
  expect(parts(stdout)).to.deep.equal(parts((await program.text("4-preview-changed.stdout.txt")).trimEnd()));
}

/** The change: the same operations in an order that the recorded one allows, the same lines and the same outputs. */
async function expectSameUpdate(program: RecordedProgram): Promise<void> {
  const log = join(program.folder, "update.jsonl");
  const { stdout } = await program.run(2, "up", "--yes", "--skip-preview", "--event-log", log);
  const mine = await readFile(log, "utf8");
  const theirs = await program.text("5-up-changed.events.jsonl");
  expect(planned(mine)).to.deep.equal(planned(theirs));
  expectAllowed(steps(mine), steps(theirs), await program.recorded("5-up-changed.state.json"));
  expect(summary(mine)).to.deep.equal(summary(theirs));
  const now = (await program.run(2, "stack", "output", "--json", "--show-secrets")).stdout;
  const then = await program.text("5-up-changed.outputs.json");
  expect(Object.keys(JSON.parse(now) as object)).to.deep.equal(Object.keys(JSON.parse(then) as object));
  expect(withoutDrawn(rows(stdout), await drawn(program, now))).to.deep.equal(
    withoutDrawn(rows(await program.text("5-up-changed.stdout.txt")), await drawn(program, then)),
  );
}

describe("the programs that the official CLI was recorded with", () => {
  for (const name of PROGRAMS) {
    it(`'${name}' leaves the same state when this engine runs it`, async () => {
      await RecordedProgram.with(name, async (program) => {
        await program.run(1, "stack", "init", "dev");
        await program.run(1, "up", "--yes", "--skip-preview");
        expect(decided(await program.resources(), false)).to.deep.equal(
          decided(await program.recorded("2-up.state.json"), false),
        );
        dependenciesFirst(await program.resources());
        await program.run(1, "up", "--yes", "--skip-preview", "--expect-no-changes");
        await program.run(2, "up", "--yes", "--skip-preview");
        expect(decided(await program.resources(), false)).to.deep.equal(
          decided(await program.recorded("5-up-changed.state.json"), false),
        );
        dependenciesFirst(await program.resources());
        await program.run(2, "destroy", "--yes");
        expect(await program.resources()).to.deep.equal([]);
      });
    }).timeout(90_000);

    it(`'${name}' goes on from the official CLI's state, with nothing to do before the change`, async () => {
      await RecordedProgram.with(name, async (program) => {
        await program.begin("2-up.state.json");
        await program.run(1, "preview", "--expect-no-changes");
        await program.run(1, "up", "--yes", "--skip-preview", "--expect-no-changes");
        const withoutPositions = (resources: readonly CheckpointResource[]) =>
          resources
            .map(({ sourcePosition: _position, stackTrace: _trace, ...rest }) => rest)
            .sort((a, b) => (a.urn < b.urn ? -1 : 1));
        expect(withoutPositions(await program.resources())).to.deep.equal(
          withoutPositions(await program.recorded("2-up.state.json")),
        );
        await expectSamePreview(program);
        await expectSameUpdate(program);
        expect(decided(await program.resources(), true)).to.deep.equal(
          decided(await program.recorded("5-up-changed.state.json"), true),
        );
      });
    }).timeout(90_000);
  }

  for (const name of PROGRAMS) {
    it(`'${name}' gives the same outputs and the same export`, async () => {
      await RecordedProgram.with(name, async (program) => {
        await program.begin("2-up.state.json");
        const outputs = await program.run(1, "stack", "output", "--json", "--show-secrets");
        expect(JSON.parse(outputs.stdout)).to.deep.equal(JSON.parse(await program.text("2-up.outputs.json")));
        const { stdout } = await program.run(1, "stack", "export");
        expect(`${stdout}\n`).to.equal(await program.text("2-up.export.json"));
      });
    });
  }

  // The official provider reads rendered objects from a cluster, which the recording could not reach.
  for (const name of PROGRAMS.filter((one) => one !== "render")) {
    it(`'${name}' is the same after a refresh, dependencies of properties and secrets too`, async () => {
      await RecordedProgram.with(name, async (program) => {
        await program.begin("5-up-changed.state.json");
        const { stdout } = await program.run(2, "refresh", "--yes", "--skip-preview");
        const mine = await clear(program);
        await program.put("6-refresh.state.json");
        expect(mine).to.deep.equal(await clear(program));
        expect(rows(stdout)).to.deep.equal(rows(await program.text("6-refresh.stdout.txt")));
      });
    }).timeout(30_000);
  }

  it("'render' is refreshed from its files, where the official provider needs a cluster", async () => {
    await RecordedProgram.with("render", async (program) => {
      await program.begin("2-up.state.json");
      const { stdout } = await program.run(1, "refresh", "--yes", "--skip-preview");
      expect(stdout).to.include("7 unchanged");
    });
  }).timeout(30_000);
});
