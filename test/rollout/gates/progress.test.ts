import { expect } from "chai";
import fc from "fast-check";
import type { Gate } from "../../../fleet/gates";
import type { GateAnswer } from "../../../rollout/gates/answer";
import { gateDeadline, gateProgress, nextProgress, type GateStep } from "../../../rollout/gates/progress";
import { aGate } from "./aGate";

const began = Date.UTC(2026, 10, 23, 12);
const s = 1000;
const says = (answer: GateAnswer["answer"], detail = answer as string): GateAnswer => ({ answer, detail });
const { pass, fail, inconclusive } = {
  pass: says("pass", "as expected"),
  fail: says("fail", "503"),
  inconclusive: says("inconclusive", "no route"),
};

/** Answers one interval apart, the first at once, until there is a verdict. */
function run(gate: Gate, answers: readonly (GateAnswer | undefined)[]): GateStep & { readonly at: number } {
  let at = began;
  let step: GateStep = { progress: gateProgress(gate, began), nextAt: began };
  for (const answer of answers) {
    at = step.nextAt;
    step = nextProgress(step.progress, answer, at);
    if (step.verdict !== undefined) break;
  }
  return { ...step, at: (at - began) / s };
}

describe("a gate's progress", () => {
  for (const [what, overrides, answers, verdict, at, reason] of [
    ["passes with the first pass", {}, [pass], "pass", 0, "as expected"],
    ["waits for as many passes in a row as it asks for", { passes: 3 }, [pass, pass], undefined, 10, undefined],
    ["passes with that many", { passes: 2 }, [pass, pass], "pass", 10, "2 passes in a row; last: as expected"],
    ["counts anew after a fail", { passes: 2 }, [pass, fail, pass], undefined, 20, undefined],
    ["counts anew after no answer worth the name", { passes: 2 }, [pass, inconclusive, pass], undefined, 20, undefined],
    ["does not fail with the first fail", {}, [fail, fail], undefined, 10, undefined],
    ["fails with as many in a row as are final", {}, [fail, fail, fail], "fail", 20, "3 fails in a row; last: 503"],
    ["fails at once if one is final", { failures: 1 }, [fail], "fail", 0, "503"],
    [
      "forgets fails when the check itself does not work",
      {},
      [fail, fail, inconclusive, fail],
      undefined,
      30,
      undefined,
    ],
    ["passes after some fails", {}, [fail, fail, pass], "pass", 20, "as expected"],
    [
      "fails at its timeout if the last answer is a fail",
      { timeoutSeconds: 20, failures: 9 },
      [inconclusive, fail, undefined],
      "fail",
      20,
      "not passed within 20 s; last: fail: 503",
    ],
    [
      "is inconclusive at its timeout if nothing can be said",
      { timeoutSeconds: 20 },
      [fail, inconclusive, undefined],
      "inconclusive",
      20,
      "not passed within 20 s; last: inconclusive: no route",
    ],
    [
      "is inconclusive at its timeout with too few passes",
      { timeoutSeconds: 20, passes: 3 },
      [pass, pass, undefined],
      "inconclusive",
      20,
      "not passed within 20 s; last: pass: as expected",
    ],
    [
      "is inconclusive at its timeout if it was never answered",
      { timeoutSeconds: 120 },
      Array<undefined>(13).fill(undefined),
      "inconclusive",
      120,
      "not passed within 2 min; last: it was never answered",
    ],
  ] as const) {
    it(what, () => {
      const end = run(aGate("http", overrides), answers);
      expect([end.verdict?.verdict, end.at, end.verdict?.reason]).to.deep.equal([verdict, at, reason]);
    });
  }

  it("counts its timeout from where it first began, whenever it is asked", () => {
    const gate = aGate("http", { timeoutSeconds: 60 });
    const resumed = gateProgress(gate, began);
    expect(nextProgress(resumed, inconclusive, began + 59 * s)).to.deep.include({ nextAt: began + 60 * s });
    expect(nextProgress(resumed, inconclusive, began + 90 * s).verdict?.verdict).to.equal("inconclusive");
    expect(nextProgress(resumed, pass, began + 90 * s).verdict?.verdict).to.equal("pass");
  });

  describe("of a soak", () => {
    const soak = aGate("soak", { durationSeconds: 1800, timeoutSeconds: 1800 });
    it("passes when its time is over, and not before", () => {
      const progress = gateProgress(soak, began);
      expect(nextProgress(progress, undefined, began)).to.deep.equal({ progress, nextAt: began + 1800 * s });
      expect(nextProgress(progress, fail, began + 1800 * s).verdict).to.deep.equal({
        verdict: "pass",
        reason: "nothing has been changed for 30 min",
      });
    });

    it("counts from the last change", () => {
      const long = gateProgress(soak, began, began - 3600 * s);
      expect(nextProgress(long, undefined, began).verdict?.verdict).to.equal("pass");
      const short = gateProgress(soak, began, began - 60 * s);
      expect(nextProgress(short, undefined, began).nextAt).to.equal(began + 1740 * s);
    });

    it("is not made longer by a change that a wrong clock puts in the future", () => {
      const progress = gateProgress(soak, began, began + 86_400 * s);
      expect(nextProgress(progress, undefined, began).nextAt).to.equal(began + 1800 * s);
    });
  });

  const answer = fc.constantFrom(pass, fail, inconclusive, undefined);
  const anyGate = fc
    .record({
      intervalSeconds: fc.integer({ min: 1, max: 120 }),
      timeoutSeconds: fc.integer({ min: 1, max: 600 }),
      passes: fc.integer({ min: 1, max: 5 }),
      failures: fc.integer({ min: 1, max: 5 }),
    })
    .map((timing) => aGate("http", timing));

  it("never passes with fewer passes in a row, nor fails before its timeout with fewer fails", () => {
    fc.assert(
      fc.property(anyGate, fc.array(answer, { maxLength: 60 }), (gate, answers) => {
        const { verdict, progress, at } = run(gate, answers);
        const kinds = answers.filter((one) => one !== undefined).map((one) => one.answer);
        const inRow = (kind: string, count: number) => kinds.join(" ").includes(Array(count).fill(kind).join(" "));
        if (verdict?.verdict === "pass") expect(inRow("pass", gate.passes)).to.equal(true);
        if (verdict?.verdict === "fail" && at < gate.timeoutSeconds)
          expect(inRow("fail", gate.failures)).to.equal(true);
        if (verdict?.verdict === "fail") expect(progress.last?.answer).to.equal("fail");
      }),
    );
  });

  it("always ends by the timeout, and never asks for less than an interval", () => {
    fc.assert(
      fc.property(anyGate, fc.infiniteStream(answer), (gate, answers) => {
        let step: GateStep = { progress: gateProgress(gate, began), nextAt: began };
        while (step.verdict === undefined) {
          const at = step.nextAt;
          step = nextProgress(step.progress, answers.next().value, at);
          if (step.verdict === undefined) {
            expect(step.nextAt).to.equal(Math.min(at + gate.intervalSeconds * s, gateDeadline(step.progress)));
          } else expect(at).to.be.at.most(gateDeadline(step.progress));
        }
      }),
    );
  });
});
