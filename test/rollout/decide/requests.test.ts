import { expect } from "chai";

import type { RolloutEvent } from "../../../rollout/events";
import type { Plan } from "../../../rollout/plan";
import { answerRequest, type RolloutRequest } from "../../../rollout/requests";
import { decided } from "../support/decided";
import { aPlan, ended, halted, offline, started, stateOf, waveFinished, waveStarted } from "../support/plan";

const by = "ana";
const finished = (result: "failed" | "halted" | "aborted" | "superseded" | "succeeded"): RolloutEvent => ({
  type: "rollout-finished",
  result,
});
const abort: RolloutEvent = { type: "abort-requested", by };
const paused: RolloutEvent = { type: "paused", by };
const rolling: RolloutEvent = {
  type: "rollback-started",
  by,
  reason: "x",
  sites: [{ site: "a", release: "2026.10.0" }],
  without: [],
};
const repeat: RolloutEvent = { type: "site-retry-scheduled", site: "a", reason: "run 1 failed", until: 1000 };
const ran = (site: string, outcome: Parameters<typeof ended>[1]) => [started(site), ended(site, outcome)];
const three = [waveStarted, ...ran("a", "failed"), ...ran("b", "succeeded"), ...ran("c", "deferred"), waveFinished];
const over = [...three, finished("failed")];
const approval = aPlan({}, { approval: { count: 2, signed: true } });
const signed = { signed: { text: "t", signature: "s", fingerprint: "f" } };

const frozenC = {
  site: "c",
  profile: "micro",
  architecture: "amd64",
  region: "north",
  desiredHash: "hash",
  timeZone: "UTC",
} as const;

/** Types of events, or the refusal. */
function answered(
  plan: Plan,
  events: readonly RolloutEvent[],
  request: RolloutRequest,
  now = 100,
  sites = {},
): string[] | string {
  const answer = answerRequest(stateOf(plan, events, sites), request, now);
  return "refused" in answer ? answer.refused : answer.events.map(({ type }) => type);
}

describe("a request", () => {
  const retry = (sites: string[], outcomes: ("failed" | "skipped" | "deferred")[] = ["failed"]): RolloutRequest => ({
    type: "retry",
    by,
    outcomes,
    sites,
  });
  const catchUp: RolloutRequest = { type: "catch-up", by, sites: ["c"] };
  const late = (site: string, result: "pass" | "fail"): RolloutRequest => ({
    type: "evidence",
    by,
    site,
    result,
    detail: "fans stand still",
  });
  const cases: [string, Plan, readonly RolloutEvent[], RolloutRequest, string[] | RegExp][] = [
    ["to pause is recorded", aPlan(), [], { type: "pause", by }, ["paused"]],
    ["to pause what is paused changes nothing", aPlan(), [paused], { type: "pause", by }, []],
    ["to pause what has ended is refused", aPlan(), over, { type: "pause", by }, /has ended as failed/],
    ["to resume is recorded", aPlan(), [paused], { type: "resume", by }, ["unpaused"]],
    ["to resume what is not paused changes nothing", aPlan(), [], { type: "resume", by }, []],
    ["to abort is recorded", aPlan(), [waveStarted], { type: "abort", by }, ["abort-requested"]],
    ["to abort twice changes nothing", aPlan(), [abort], { type: "abort", by }, []],
    ["to abort what has ended is refused", aPlan(), over, { type: "abort", by }, /has ended/],
    [
      "to approve an unknown wave is refused",
      approval,
      [],
      { type: "approve-wave", by, wave: "x" },
      /has no wave x; it has all/,
    ],
    [
      "to approve a wave that asks for nothing is refused",
      aPlan(),
      [],
      { type: "approve-wave", by, wave: "all" },
      /asks for no approval/,
    ],
    [
      "to approve without a signature is refused where one is asked for",
      approval,
      [],
      { type: "approve-wave", by, wave: "all" },
      /asks for signed approvals/,
    ],
    [
      "to approve with a signature is recorded",
      approval,
      [],
      { type: "approve-wave", by, wave: "all", ...signed },
      ["approved"],
    ],
    [
      "to approve with what has run out is refused",
      approval,
      [],
      { type: "approve-wave", by, wave: "all", expires: 100, ...signed },
      /expired/,
    ],
    [
      "to approve a wave that has started is refused",
      approval,
      [waveStarted],
      { type: "approve-wave", by, wave: "all", ...signed },
      /has started already/,
    ],
    ["to retry takes up what failed", aPlan(), over, retry([]), ["rollout-reopened"]],
    ["to retry a named site takes it up whatever its outcome", aPlan(), over, retry(["b"]), ["rollout-reopened"]],
    ["to retry what is not there is refused", aPlan(), over, retry([], ["skipped"]), /no site is skipped/],
    ["to retry an unknown site is refused", aPlan(), over, retry(["x"]), /has no site x/],
    ["to retry what runs is refused", aPlan(), [waveStarted, started("a")], retry(["a"]), /not at an end.*: a/],
    ["to retry what waits for its turn is refused", aPlan(), [waveStarted], retry(["b"]), /not at an end.*: b/],
    [
      "to retry what waits for its repeat takes it up at once",
      aPlan(),
      [waveStarted, started("a"), repeat],
      retry(["a"]),
      ["rollout-reopened"],
    ],
    [
      "to retry in a halt is refused",
      aPlan(),
      [waveStarted, ...ran("a", "failed"), started("b"), halted],
      retry([]),
      /coming to its end/,
    ],
    [
      "to retry what another run has replaced is refused",
      aPlan(),
      [...three, finished("superseded")],
      retry([]),
      /taken this one's place/,
    ],
    [
      "to retry one site of several that spend the budget is refused, because it would halt at once",
      aPlan({ maxFailures: 0 }),
      [waveStarted, ...ran("a", "failed"), ...ran("b", "failed"), ended("c", "skipped"), halted, finished("halted")],
      retry(["a"]),
      /1 site failed; the rollout's budget allows 0, so it would halt at once/,
    ],
    ["to catch up takes up a deferred site", aPlan(), over, catchUp, ["rollout-reopened"]],
    [
      "to catch up with a site that is not deferred is refused",
      aPlan(),
      over,
      { ...catchUp, sites: ["a"] },
      /not deferred in this rollout: a/,
    ],
    ["to catch up while the rollout is under way is refused", aPlan(), three, catchUp, /under way/],
    ["to catch up with nobody is refused", aPlan(), over, { ...catchUp, sites: [] }, /no deferred site has a link/],
    [
      "to catch up with who is offline still is refused",
      aPlan(),
      over,
      { ...catchUp, frozen: [{ ...frozenC, ...offline }] },
      /still without a link: c/,
    ],
    [
      "to catch up while failures are over the budget is refused",
      aPlan({ maxFailures: 0 }),
      over,
      catchUp,
      /would halt at once/,
    ],
    ["to roll back after the end is recorded", aPlan(), over, { type: "rollback", by }, ["rollback-started"]],
    [
      "to roll back while it is under way halts first",
      aPlan(),
      [waveStarted, started("a")],
      { type: "rollback", by },
      ["rollout-halted"],
    ],
    ["to roll back an unknown wave is refused", aPlan(), over, { type: "rollback", by, wave: "x" }, /has no wave x/],
    [
      "to roll back twice at once is refused",
      aPlan(),
      [...over, rolling],
      { type: "rollback", by },
      /a rollback is under way/,
    ],
    [
      "to roll back in an abort is refused until it has ended",
      aPlan(),
      [waveStarted, started("a"), abort],
      { type: "rollback", by },
      /being aborted/,
    ],
    [
      "to roll back after an abort is recorded",
      aPlan(),
      [waveStarted, ...ran("a", "cancelled"), abort, finished("aborted")],
      { type: "rollback", by },
      ["rollback-started"],
    ],
    [
      "to roll back what nobody has changed is refused",
      aPlan(),
      [waveStarted, ended("a", "skipped"), finished("halted")],
      { type: "rollback", by },
      /none was changed/,
    ],
    ["that tells a late failure is recorded", aPlan(), over, late("b", "fail"), ["evidence-recorded"]],
    ["that tells a late pass of a failed site is recorded", aPlan(), over, late("a", "pass"), ["evidence-recorded"]],
    ["that tells what is known changes nothing", aPlan(), over, late("b", "pass"), []],
    [
      "that tells of a site that still runs is refused",
      aPlan(),
      [waveStarted, started("a")],
      late("a", "fail"),
      /no end yet/,
    ],
    [
      "that tells of a site that was never run is refused",
      aPlan(),
      [waveStarted, ended("a", "skipped")],
      late("a", "pass"),
      /was not run/,
    ],
    [
      "that tells of a site that was taken back is refused",
      aPlan(),
      [...over, rolling, ended("a", "rolled-back")],
      late("a", "fail"),
      /was taken back/,
    ],
    ["that tells of an unknown site is refused", aPlan(), over, late("x", "fail"), /has no site x/],
    [
      "that tells of a run that another has replaced is refused",
      aPlan(),
      [...three, finished("superseded")],
      late("b", "fail"),
      /taken this one's place/,
    ],
  ];
  for (const [name, plan, events, request, expected] of cases) {
    it(name, () => {
      const answer = answered(plan, events, request);
      if (expected instanceof RegExp) expect(answer).to.match(expected);
      else expect(answer).to.deep.equal(expected);
    });
  }

  it("to catch up gives up who was deferred for too long, and refuses where nobody else is left", () => {
    const plan = aPlan({ catchUp: { maxConcurrency: 1, expireSeconds: 1, maxHops: 10 } });
    expect(answered(plan, over, catchUp, 900)).to.deep.equal(["rollout-reopened"]);
    expect(answered(plan, over, catchUp, 2000)).to.match(/deferred for longer than catchUp.expire allows: c/);
    const two = [waveStarted, ...ran("c", "deferred"), ...ran("a", "succeeded"), started("b")];
    const state = [
      ...two,
      ...Array.from({ length: 5 }, () => paused),
      ended("b", "deferred"),
      waveFinished,
      finished("succeeded"),
    ];
    // `c` was deferred at 3, `b` at 12.
    expect(answered(plan, state, { ...catchUp, sites: ["b", "c"] }, 1005)).to.deep.equal([
      "deferral-expired",
      "rollout-reopened",
    ]);
  });
});

describe("a run that is opened again", () => {
  const catchUp = (...sites: string[]): RolloutEvent => ({ type: "rollout-reopened", kind: "catch-up", by, sites });
  const retry = (...sites: string[]): RolloutEvent => ({ type: "rollout-reopened", kind: "retry", by, sites });
  const deferred = [
    waveStarted,
    ...["a", "b", "c"].flatMap((site) => ran(site, "deferred")),
    waveFinished,
    finished("succeeded"),
  ];
  const cases: [string, Plan, readonly RolloutEvent[], string[]][] = [
    [
      "catches up with as many sites at once as its own cap says",
      aPlan({ maxConcurrency: 3 }),
      [...deferred, catchUp("a", "b")],
      ["+a/2"],
    ],
    [
      "needs no wave, approval or quorum to catch up",
      aPlan({}, { approval: { count: 1, signed: false }, quorum: 3 }),
      [...deferred, catchUp("b")],
      ["+b/2"],
    ],
    [
      "holds the cap of the catch-up also beside a wave that is taken up again",
      aPlan({ maxConcurrency: 3 }, { maxConcurrency: 3 }),
      [
        waveStarted,
        ...ran("a", "deferred"),
        ...ran("b", "deferred"),
        ...ran("c", "failed"),
        waveFinished,
        finished("failed"),
        catchUp("a", "b"),
        retry("c"),
        waveStarted,
      ],
      ["+a/2", "+c/2"],
    ],
    [
      "ends once the last has caught up",
      aPlan(),
      [...deferred, catchUp("b"), started("b", 2), ended("b", "succeeded")],
      ["rollout-finished"],
    ],
    ["starts the wave again of which a site is taken up", aPlan(), [...over, retry("a")], ["wave-started"]],
    [
      "stops the rest of the catch-up when evidence comes late",
      aPlan({ maxFailures: 0 }),
      [
        waveStarted,
        ...ran("a", "succeeded"),
        ...ran("b", "deferred"),
        ...ran("c", "deferred"),
        waveFinished,
        finished("succeeded"),
        catchUp("b", "c"),
        started("b", 2),
        { type: "evidence-recorded", site: "a", result: "fail", detail: "x", by },
      ],
      ["rollout-halted"],
    ],
  ];
  for (const [name, plan, events, expected] of cases) {
    it(name, () => expect(decided(stateOf(plan, events))).to.deep.equal(expected));
  }
  it("defers the rest of a catch-up again when it halts", () => {
    const state = stateOf(aPlan(), [...deferred, catchUp("b", "c"), started("b", 2), halted]);
    expect(decided(state)).to.deep.equal(["site-finished"]);
    const after = stateOf(aPlan(), [...deferred, catchUp("b", "c"), started("b", 2), halted, ended("c", "deferred")]);
    expect(after.tally).to.include({ deferred: 2, failed: 0 });
  });
  it("ends at once after late evidence, with what it tells", () => {
    const told: RolloutEvent = { type: "evidence-recorded", site: "a", result: "pass", detail: "x", by };
    const state = stateOf(aPlan(), [...over, told]);
    expect(state.sites.get("a")?.outcome).to.equal("succeeded");
    expect(decided(state)).to.deep.equal(["rollout-finished"]);
  });
  it("counts a site in the domain that it is in now", () => {
    const domains = {
      label: "uplink",
      maxConcurrency: undefined,
      domains: {
        east: { sites: 1, maxFailures: undefined, maxDeferred: undefined },
        west: { sites: 0, maxFailures: undefined, maxDeferred: undefined },
      },
    };
    const again: RolloutEvent = {
      type: "rollout-reopened",
      kind: "catch-up",
      by,
      sites: ["c"],
      frozen: [{ ...frozenC, domain: "west" }],
    };
    const state = stateOf(aPlan({ failureDomains: domains }), [...over, again, started("c", 2)], {
      c: { domain: "east" },
    });
    expect(state.domains.get("east")).to.deep.include({ running: 0 });
    expect(state.domains.get("east")?.tally.deferred).to.equal(0);
    expect(state.domains.get("west")).to.deep.include({ running: 1 });
  });
  it("does not take up again what an abort has cancelled, only because a driver comes", () => {
    const events = [
      waveStarted,
      ...ran("a", "cancelled"),
      abort,
      ended("b", "skipped"),
      ended("c", "skipped"),
      finished("aborted"),
    ];
    const state = stateOf(aPlan(), [...events, { type: "driver-resumed", host: "h", pid: 1, inFlight: [] }]);
    expect(state.sites.get("a")?.outcome).to.equal("cancelled");
  });
});
