import { expect } from "chai";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { inLanes } from "../../gitops/lanes";

describe("inLanes", () => {
  it("does each item once, in no more lanes than it may, and answers in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (waits, width) => {
        let running = 0;
        let most = 0;
        const items = waits.map((wait, index) => ({ wait, index }));
        const results = await inLanes(items, width, async ({ wait, index }) => {
          most = Math.max(most, (running += 1));
          for (let turn = 0; turn <= wait; turn += 1) await setImmediate();
          running -= 1;
          if (wait === 4) throw new Error(`item ${index}`);
          return index;
        });
        expect(most).to.equal(Math.min(width, items.length));
        expect(results.map((r) => (r.status === "fulfilled" ? r.value : (r.reason as Error).message))).to.deep.equal(
          items.map(({ wait, index }) => (wait === 4 ? `item ${index}` : index)),
        );
      }),
    );
  });
});
