import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { decided } from "./support/decided";
import { RecordedProgram } from "./support/official";
import { steps, summary } from "./support/events";
import type { CheckpointResource } from "./support/workspace";

// The cluster case needs an API server: providers/kubernetes/real/recorded.test.ts.
const PROGRAMS = ["random", "tls", "command", "graph", "render"];

/** The operations of an update by its lines: `+ ` and so on, with the resource's label. */
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

describe("the programs that the official CLI was recorded with", () => {
  for (const name of PROGRAMS) {
    it(`'${name}' leaves the same state when this engine runs it`, async () => {
      await RecordedProgram.with(name, async (program) => {
        await program.run(1, "stack", "init", "dev");
        await program.run(1, "preview");
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
        await program.run(2, "up", "--yes", "--skip-preview");
        expect(decided(await program.resources(), true)).to.deep.equal(
          decided(await program.recorded("5-up-changed.state.json"), true),
        );
      });
    }).timeout(90_000);
  }

  it("'graph' plans what the official CLI planned, each delete after its dependents'", async () => {
    await RecordedProgram.with("graph", async (program) => {
      await program.begin("2-up.state.json");
      const log = join(program.folder, "events.jsonl");
      await program.run(2, "up", "--yes", "--skip-preview", "--event-log", log);
      const theirs = readFileSync(join(__dirname, "../data/official/graph/5-up-changed.events.jsonl"), "utf8");
      const mine = readFileSync(log, "utf8");
      expect(steps(mine).sort()).to.deep.equal(steps(theirs).sort());
      const order = steps(mine);
      const at = (step: string) => order.findIndex((line) => line.startsWith(step));
      expect(at("delete-replaced b-cmd")).to.be.lessThan(at("delete-replaced b-id"));
      expect(at("delete-replaced b-id")).to.be.lessThan(at("create-replacement b-id"));
      expect(at("create-replacement a-id")).to.be.lessThan(at("delete-replaced a-id"));
      expect(summary(mine)).to.deep.equal(summary(theirs));
    });
  }).timeout(90_000);
});
