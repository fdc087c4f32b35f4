import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note, Part, REPLACED } from "./programs";

onEachEngine("a run with many steps", (engine) => {
  it("does no more at once than it may", async () => {
    await Place.with(async (place) => {
      const create = `echo begin >> '${place.folder}/log'; sleep 0.2; echo end >> '${place.folder}/log'`;
      const stack = await place.stack(engine, async () => {
        for (let i = 0; i < 6; i++) {
          note(place, `n${i}`, { create });
        }
      });
      await stack.up({ parallel: 2 });
      let running = 0;
      let most = 0;
      for (const line of await place.log()) {
        running += line === "begin" ? 1 : -1;
        most = Math.max(most, running);
      }
      expect(most).to.equal(2);
    });
  });

  it("goes on after an error with what does not need it, and fails in the end", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const a = note(place, "a", { create: "echo no room >&2; exit 3" });
        note(place, "b", { value: a.stdout });
        note(place, "c", {}, { dependsOn: note(place, "free") });
        new Part("part", place, { value: a.stdout });
      });
      expect((await failureOf(stack.up({ continueOnError: true }))).message).to.include("no room");
      expect((await place.log()).sort()).to.deep.equal(["create c", "create free"]);
      expect((await stack.history())[0]?.result).to.equal("failed");
    });
  });

  it("keeps what a failed deletion still needs, and deletes the rest", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const a = note(place, "a");
        note(place, "b", { value: a.stdout, delete: "echo it is stuck >&2; exit 3" });
        note(place, "c");
      });
      await stack.up();
      await place.clearLog();
      expect((await failureOf(stack.destroy({ continueOnError: true }))).message).to.include("it is stuck");
      expect(await place.log()).to.deep.equal(["delete c"]);
      expect(await place.names()).to.have.members(["a", "b"]);
    });
  });

  it("keeps the old one until its deletion works, although its replacement is there", async () => {
    await Place.with(async (place) => {
      const program = (value: string, remove?: string) => () =>
        note(place, "a", remove === undefined ? { value } : { value, delete: remove }, REPLACED);
      await place.through(engine, program("1", "echo it is stuck >&2; exit 3"));
      const stack = await place.stack(engine, async () => void program("2")());
      expect((await failureOf(stack.up())).message).to.include("it is stuck");
      const both = (await place.resources()).filter(({ type }) => type === "command:local:Command");
      expect(both.map((resource) => resource["delete"] === true).sort()).to.deep.equal([false, true]);
    });
  });

  it("lets nobody else in while it runs", async () => {
    await Place.with(async (place) => {
      const wait = `echo begun >> '${place.folder}/log'; while [ ! -e '${place.folder}/go' ]; do sleep 0.05; done`;
      const stack = await place.stack(engine, async () => void note(place, "a", { create: wait }));
      let second: Promise<Error> | undefined;
      const first = stack.up({
        onEvent: ({ resourcePreEvent }) => {
          if (resourcePreEvent?.metadata.type === "command:local:Command") {
            second ??= failureOf(place.run(engine, "destroy", "--yes", "--skip-preview", "--stack", "dev")).finally(
              () => writeFile(join(place.folder, "go"), ""),
            );
          }
        },
      });
      await first;
      expect((await second)?.message).to.include("the stack is currently locked by 1 lock(s)");
      expect(await place.names()).to.deep.equal(["a"]);
    });
  });
});
