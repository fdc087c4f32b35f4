import { expect } from "chai";
import type { Gate } from "../../../fleet/gates";
import type { GateAnswer } from "../../../rollout/gates/answer";
import { gateProgress } from "../../../rollout/gates/progress";
import { checkSeconds, runGate } from "../../../rollout/gates/runGate";
import { FakeClock } from "../fakeClock";
import { aGate } from "./aGate";

type Reply = GateAnswer["answer"] | Error | "silence" | string;

/** A check that gives its replies in order, the last one for ever. */
class Scripted {
  readonly askedAt: number[] = [];
  aborted = 0;
  constructor(
    private readonly clock: FakeClock,
    private readonly replies: readonly Reply[],
  ) {}
  check(signal: AbortSignal): Promise<GateAnswer> {
    const reply = this.replies[Math.min(this.askedAt.length, this.replies.length - 1)]!;
    this.askedAt.push(this.clock.now());
    signal.addEventListener("abort", () => (this.aborted += 1));
    if (reply instanceof Error) throw reply;
    if (reply === "silence") return new Promise(() => undefined);
    const known = ["pass", "fail", "inconclusive"].includes(reply);
    return Promise.resolve({ answer: known ? (reply as "pass") : "fail", detail: known ? `it says ${reply}` : reply });
  }
}

async function run(gate: Gate, replies: readonly Reply[], options: { beganAgo?: number; abortAfter?: number } = {}) {
  const clock = new FakeClock();
  const start = clock.now();
  const probe = new Scripted(clock, replies);
  const changes: string[] = [];
  const controller = new AbortController();
  const { beganAgo = 0, abortAfter } = options;
  if (abortAfter !== undefined) {
    void clock.until(start + abortAfter * 1000, new AbortController().signal).then(() => controller.abort());
  }
  const progress = gateProgress(gate, start - beganAgo * 1000);
  const onChange = ({ answer, detail }: GateAnswer, at: number) =>
    changes.push(`${(at - start) / 1000} ${answer}: ${detail}`);
  const verdict = await clock.settle(
    runGate(progress, (signal) => probe.check(signal), clock, onChange, controller.signal),
  );
  const asked = probe.askedAt.map((at) => (at - start) / 1000);
  return { verdict, changes, asked, ended: (clock.now() - start) / 1000, probe };
}

describe("running a gate", () => {
  it("asks at once and ends with the verdict", async () => {
    const { verdict, asked } = await run(aGate("http"), ["pass"]);
    expect(verdict).to.deep.equal({ verdict: "pass", reason: "it says pass" });
    expect(asked).to.deep.equal([0]);
  });

  it("asks every interval, and tells only what is new", async () => {
    const { verdict, asked, changes } = await run(aGate("http", { passes: 2, failures: 9 }), [
      ...["inconclusive", "fail", "fail", "pass", "pass"],
    ]);
    expect(verdict?.verdict).to.equal("pass");
    expect(asked).to.deep.equal([0, 10, 20, 30, 40]);
    expect(changes).to.deep.equal([
      ...["0 inconclusive: it says inconclusive", "10 fail: it says fail", "30 pass: it says pass"],
    ]);
  });

  it("takes an error for an inconclusive answer with its message and cause, not for a fail", async () => {
    const error = new Error("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    const { verdict, changes } = await run(aGate("http", { timeoutSeconds: 60, failures: 1 }), [error]);
    expect(verdict).to.deep.equal({
      verdict: "inconclusive",
      reason: "not passed within 1 min; last: inconclusive: fetch failed: connect ECONNREFUSED",
    });
    expect(changes).to.deep.equal(["0 inconclusive: fetch failed: connect ECONNREFUSED"]);
  });

  it("gives up a check that hangs, tells it so, and asks again", async () => {
    const { verdict, asked, changes, probe } = await run(aGate("http"), ["silence", "pass"]);
    expect(verdict?.verdict).to.equal("pass");
    expect(asked).to.deep.equal([0, 20]);
    expect(changes[0]).to.equal("10 inconclusive: the check has said nothing for 10 s");
    expect(probe.aborted).to.equal(2);
  });

  it("gives each check an interval, but no less than 10 s and no more than 30 s", () => {
    expect([1, 10, 20, 30, 600].map((intervalSeconds) => checkSeconds({ intervalSeconds }))).to.deep.equal([
      ...[10, 10, 20, 30, 30],
    ]);
  });

  it("ends at its timeout even if the last check hangs, by the last answer that it has", async () => {
    const gate = aGate("http", { timeoutSeconds: 15, failures: 9 });
    const { verdict, ended } = await run(gate, ["fail", "silence"]);
    expect(verdict).to.deep.equal({ verdict: "fail", reason: "not passed within 15 s; last: fail: it says fail" });
    expect(ended).to.equal(15);
  });

  it("starts no clock anew when it is resumed", async () => {
    const { verdict, ended } = await run(aGate("http", { timeoutSeconds: 60 }), ["inconclusive"], { beganAgo: 45 });
    expect(verdict?.verdict).to.equal("inconclusive");
    expect(ended).to.equal(15);
  });

  it("asks once if it is resumed after its timeout", async () => {
    const late = await run(aGate("http", { timeoutSeconds: 60 }), ["pass"], { beganAgo: 3600 });
    expect(late.verdict?.verdict).to.equal("pass");
    const hung = await run(aGate("http", { timeoutSeconds: 60 }), ["silence"], { beganAgo: 3600 });
    expect(hung.verdict?.verdict).to.equal("inconclusive");
    expect(hung.ended).to.equal(10);
  });

  for (const [what, replies] of [
    ["between two checks", ["inconclusive"]],
    ["in the middle of a check", ["inconclusive", "silence"]],
  ] as const) {
    it(`ends without a verdict when it is stopped ${what}`, async () => {
      const { verdict, ended, probe } = await run(aGate("http"), replies, { abortAfter: 12 });
      expect(verdict).to.equal(undefined);
      expect(ended).to.equal(12);
      expect(probe.aborted).to.equal(probe.askedAt.length);
    });
  }

  it("asks nobody for a soak", async () => {
    const gate = aGate("soak", { durationSeconds: 1800, timeoutSeconds: 1800 });
    const { verdict, asked, ended } = await run(gate, ["fail"], { beganAgo: 600 });
    expect(verdict?.verdict).to.equal("pass");
    expect(asked).to.deep.equal([]);
    expect(ended).to.equal(1200);
  });

  it("shows what a site says on one line of bounded length, with nothing unseen", async () => {
    const { changes } = await run(aGate("http", { failures: 1 }), [`a\n\u001b[31m\u202e${"x".repeat(100_000)}`]);
    expect(changes[0]).to.match(/^0 fail: a \\u001b\[31m\\u202ex+\.\.\.$/);
    expect(changes[0]!.length).to.be.lessThan(450);
    const halves = await run(aGate("http", { failures: 1 }), [`\ud800${"x\u{1f600}".repeat(400)}`]);
    expect(Buffer.from(halves.changes[0]!).toString("utf8")).to.equal(halves.changes[0]);
  });
});
