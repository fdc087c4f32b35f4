import { expect } from "chai";
import fc from "fast-check";
import { verifyReconnection, type Reconnection } from "../../../probes/siteReport/reconnect";
import { oldCommit, promotedCommit } from "./samples";

const good: Reconnection = {
  promoted: promotedCommit,
  mirrored: promotedCommit,
  changed: { atSite: oldCommit, atHub: oldCommit },
  taken: { waiting: 0, conflicts: [] },
  flux: { answer: "pass", detail: "9 objects of Flux are ready at c0ffee000000" },
  buffer: { messages: 12, trend: 0, inFlight: 60 },
};

describe("a site that was away", () => {
  for (const [what, changes, answer, detail] of [
    [
      "has nothing left to do when all four checks pass",
      {},
      "pass",
      "the mirrors have caught up; no change waits; 9 objects of Flux are ready at c0ffee000000; the buffers are empty",
    ],
    [
      "is waited for while its mirror is behind",
      { mirrored: oldCommit },
      "inconclusive",
      "check 1 of 4, mirrors: its Gitea has beef000000 on deploy, and c0ffee0000 is promoted",
    ],
    [
      "is waited for while its changes have not come",
      { changed: { atSite: promotedCommit, atHub: oldCommit } },
      "inconclusive",
      "check 1 of 4, mirrors: its main is at c0ffee0000, and the hub has beef000000",
    ],
    [
      "may have changed nothing ever",
      { changed: { atSite: undefined, atHub: undefined } },
      "pass",
      /^the mirrors have caught up; no change waits/,
    ],
    [
      "is waited for while changes wait to be taken over",
      { taken: { waiting: 2, conflicts: [] } },
      "inconclusive",
      "check 2 of 4, changes: 2 changes of the site wait to be taken over",
    ],
    [
      "passes with conflicts that are listed",
      { taken: { waiting: 0, conflicts: ["conflicts/porto/beef"] } },
      "pass",
      /1 change did not merge and are listed: conflicts\/porto\/beef/,
    ],
    [
      "fails when Flux failed",
      { flux: { answer: "fail", detail: "loki: Stalled is True" } },
      "fail",
      "check 3 of 4, Flux: loki: Stalled is True",
    ],
    [
      "is waited for while Flux is on its way",
      { flux: { answer: "inconclusive", detail: "1 of 9 not ready" } },
      "inconclusive",
      /^check 3 of 4, Flux: 1 of 9/,
    ],
    [
      "is waited for while its buffers drain, and says how long",
      { buffer: { messages: 12_000, trend: -20, inFlight: 60 } },
      "inconclusive",
      "check 4 of 4, buffers: draining: 12,000 messages are left, for about 10 min",
    ],
    [
      "is waited for while its buffers grow, and says so",
      { buffer: { messages: 12_000, trend: 1.25, inFlight: 60 } },
      "inconclusive",
      /they do not drain: 12,000 messages are left, and they grow by 1\.3\/s/,
    ],
    [
      "is waited for when it cannot tell what is buffered",
      { buffer: { messages: undefined, trend: undefined, inFlight: 60 } },
      "inconclusive",
      /could not tell/,
    ],
    [
      "is not asked for Flux while its mirror is behind",
      { mirrored: undefined, flux: { answer: "fail", detail: "x" } },
      "inconclusive",
      /^check 1 of 4, mirrors: its Gitea has nothing on deploy/,
    ],
  ] as readonly (readonly [string, Partial<Reconnection>, string, string | RegExp])[]) {
    it(what, () => {
      const found = verifyReconnection({ ...good, ...changes });
      expect(found.answer).to.equal(answer);
      if (typeof detail === "string") expect(found.detail).to.equal(detail);
      else expect(found.detail).to.match(detail);
    });
  }

  it("never passes with a check that does not, and always says why", () => {
    const commit = fc.constantFrom(promotedCommit, oldCommit, undefined);
    const arbitrary = fc.record({
      promoted: commit,
      mirrored: commit,
      changed: fc.record({ atSite: commit, atHub: commit }),
      taken: fc.record({ waiting: fc.nat(3), conflicts: fc.array(fc.constant("conflicts/porto/x"), { maxLength: 3 }) }),
      flux: fc.record({
        answer: fc.constantFrom("pass" as const, "fail" as const, "inconclusive" as const),
        detail: fc.constant("said"),
      }),
      buffer: fc.record({
        messages: fc.option(fc.nat(200), { nil: undefined }),
        trend: fc.option(fc.double({ min: -9, max: 9, noNaN: true }), { nil: undefined }),
        inFlight: fc.constant(60),
      }),
    });
    fc.assert(
      fc.property(arbitrary, (one) => {
        const { answer, detail } = verifyReconnection(one);
        const all =
          one.promoted !== undefined &&
          one.mirrored === one.promoted &&
          one.changed.atSite === one.changed.atHub &&
          one.taken.waiting === 0 &&
          one.flux.answer === "pass" &&
          one.buffer.messages !== undefined &&
          one.buffer.messages <= one.buffer.inFlight;
        expect(answer === "pass").to.equal(all);
        expect(detail).not.to.equal("");
      }),
    );
  });
});
