import { expect } from "chai";
import { patiently } from "../../../gitops/git/patience";
import { RemoteFailed, type RemoteState } from "../../../gitops/git/remoteFailure";
import { Slots } from "../../../gitops/slots";

const quick = { attempts: 3, firstWaitMs: 1, longestWaitMs: 2 };
const failing = (state: RemoteState, times: number) => {
  let calls = 0;
  return {
    act: async () => {
      calls += 1;
      if (calls <= times) throw new RemoteFailed(state, "https://hub", "");
      return calls;
    },
    calls: () => calls,
  };
};

describe("patience", () => {
  for (const state of ["unreachable", "raced", "broken"] as const) {
    it(`repeats what was ${state} until it goes well`, async () => {
      expect(await patiently(failing(state, 2).act, quick)).to.equal(3);
    });
  }

  it("has an end", async () => {
    const always = failing("unreachable", 9);
    const error = await patiently(always.act, quick).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RemoteFailed);
    expect(always.calls()).to.equal(3);
  });

  for (const state of ["refused", "denied", "distrusted", "missing", "unknown"] as const) {
    it(`does not repeat what was ${state}`, async () => {
      const once = failing(state, 1);
      const error = await patiently(once.act, quick).catch((thrown: unknown) => thrown);
      expect(error).to.include({ state });
      expect(once.calls()).to.equal(1);
    });
  }

  it("ends with its signal", async () => {
    const stop = AbortSignal.abort();
    const error = await patiently(failing("unreachable", 1).act, quick, stop).catch((thrown: Error) => thrown.name);
    expect(error).to.equal("AbortError");
  });
});

describe("slots", () => {
  it("let so many in at once and all in the end, whatever fails", async () => {
    const slots = new Slots(3);
    let inside = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        slots.run(async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          if (index % 4 === 0) throw new Error("no");
        }),
      ),
    );
    expect(most).to.equal(3);
    expect(results).to.have.length(20);
    expect(inside).to.equal(0);
  });
});
