import { expect } from "chai";
import * as fc from "fast-check";

import type { Snapshot } from "../../../engine/state/checkpoint";
import { Journal } from "../../../engine/state/journal";
import { ResourceState } from "../../../engine/state/resource";

const thing = (name: string, fields = {}) =>
  new ResourceState({ urn: `urn:pulumi:s::p::t::${name}`, type: "t", ...fields });
const names = ({ resources }: Snapshot) => resources.map(({ urn }) => urn.split("::")[3]);

describe("the journal of a run", () => {
  it("puts what this run has made before what it has not touched", async () => {
    const [a, b, c] = [thing("a"), thing("b"), thing("c")];
    const journal = new Journal({ resources: [a, b, c], pending: [] }, undefined);
    const made = thing("b2");
    await journal.end(b, { old: b, made });
    expect(names(journal.snapshot())).to.deep.equal(["b2", "a", "c"]);
  });

  it("tells of operations that have begun, and keeps creates that were left behind", async () => {
    const left = { resource: thing("left"), type: "creating" as const };
    const gone = { resource: thing("gone"), type: "updating" as const };
    const journal = new Journal({ resources: [], pending: [left, gone] }, undefined);
    const now = thing("now");
    await journal.begin(now, "creating");
    expect(journal.snapshot().pending.map(({ resource }) => resource.urn.split("::")[3])).to.deep.equal([
      "now",
      "left",
    ]);
    await journal.end(now, { made: now });
    expect(journal.snapshot().pending).to.deep.equal([left]);
  });

  it("names renamed resources by their new URNs, once they are written under them", () => {
    const child = thing("child", { parent: "urn:old", dependencies: ["urn:old"], provider: "urn:old::id-1" });
    const journal = new Journal({ resources: [child], pending: [] }, undefined, new Map([["urn:old", "urn:new"]]));
    expect(journal.snapshot().resources[0]?.fields.parent).to.equal("urn:old");
    journal.note({ made: thing("new", { urn: "urn:new" }) });
    const fields = journal.snapshot().resources[1]?.fields;
    expect(fields?.parent).to.equal("urn:new");
    expect(fields?.dependencies).to.deep.equal(["urn:new"]);
    expect(fields?.provider).to.equal("urn:new::id-1");
  });

  it("returns from each change only when a write that holds it has ended", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }), async (delays) => {
        let written: string[] = [];
        let writes = 0;
        const journal = new Journal(
          { resources: [], pending: [] },
          {
            save: async (snapshot) => {
              const now = names(snapshot) as string[];
              await new Promise((resolve) => setTimeout(resolve, 1));
              written = now;
              writes += 1;
            },
          },
        );
        await Promise.all(
          delays.map(async (delay, i) => {
            await new Promise((resolve) => setTimeout(resolve, delay));
            const made = thing(String(i));
            await journal.end(made, { made });
            expect(written).to.include(String(i));
          }),
        );
        expect(writes).to.be.at.most(delays.length);
      }),
      { numRuns: 20 },
    );
  });

  it("passes a failed write to everyone who waits for it, and tries again at the end", async () => {
    let fail = true;
    let saved = 0;
    const journal = new Journal(
      { resources: [], pending: [] },
      {
        save: async () => {
          if (fail) {
            throw new Error("disk full");
          }
          saved += 1;
        },
      },
    );
    const results = await Promise.allSettled([journal.flush(true), journal.flush(true)]);
    expect(results.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    fail = false;
    await journal.close();
    expect(saved).to.equal(1);
  });
});
