import { createHash } from "node:crypto";

import { expect } from "chai";

import { alwaysOpen } from "../../fleet/calendar";
import type { RolloutRun } from "../../rollout/driver";
import { applyEvent, foldEvents } from "../../rollout/fold";
import type { RolloutRequest } from "../../rollout/requests";
import type { RolloutState } from "../../rollout/state";
import { aRelease, aRollout, aWave, sites } from "../support/fleet";
import { aGate, aWaveGate } from "./gates/aGate";
import type { Script } from "./scriptedFleet";
import {
  expectAnswers,
  expectCapsHeld,
  expectDecidable,
  expectHonestCounts,
  expectStartAllowed,
  expectWaveAllowed,
} from "./support/rules";
import { type GateSays, type Story, Telling } from "./support/story";

/** From 0 to 1, the same for the same words. */
function chance(...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join(" ")).digest().readUInt32BE(0) / 2 ** 32;
}

/** Sites fail, hang, vanish and return; the longer they are tried, the less of it. */
function behaviour(seed: number): (site: string, runs: number) => Script {
  return (site, runs) => {
    const seconds = 1 + Math.floor(chance(seed, site, runs, "seconds") * 120);
    const luck = chance(seed, site, runs) * (runs + 1);
    if (luck < 0.05) return { hangs: true };
    if (luck < 0.06) return { deaf: true };
    if (luck < 0.12) return { seconds, fails: "disk full" };
    if (luck < 0.18) return { seconds, unreachable: "no answer on port 22" };
    return luck < 0.19 ? { seconds, promotionFails: "moved by somebody else" } : { seconds };
  };
}

function storyOf(seed: number): Story {
  const release = aRelease();
  const before = aRelease({ name: "2026.10.0", date: "2026-10-02" });
  const night = { windows: [{ days: [], from: "22:00", to: "04:00", timeZone: undefined }], exceptions: [] };
  const fleet = sites(300, (index) => ({
    region: `region-${index % 5}`,
    labels: { uplink: `uplink-${index % 12}` },
    maintenance: chance(seed, index, "night") < 0.05 ? night : alwaysOpen,
    offline: chance(seed, index, "dark") < 0.04 ? { reason: "storm", since: "2026-11-01" } : undefined,
  }));
  const says = (index: number): GateSays =>
    chance(seed, index, "gate") < 0.9
      ? "pass"
      : (["fail", "inconclusive", "later", "throws", "hangs"] as const)[index % 5]!;
  return {
    sites: fleet,
    releases: [before, release],
    release,
    rollout: aRollout({
      waves: [
        aWave({
          name: "canary",
          canary: true,
          size: { count: 6 },
          soakSeconds: 600,
          gates: [aGate("http", { name: "slow" })],
        }),
        aWave({
          name: "grow",
          size: { start: 20, factor: 2, max: undefined },
          approval: { count: 2, signed: false },
          waveGates: [aWaveGate({ name: "slo", timeoutSeconds: 120 })],
        }),
      ],
      maxConcurrency: 20 + (seed % 3) * 20,
      maxFailures: { percent: 8 } as never,
      failureDomain: { label: "uplink", maxConcurrency: 4, maxFailures: { count: 8 }, maxDeferred: undefined },
      deadlineSeconds: 400_000,
      onFailure: seed % 2 === 0 ? "halt" : "rollback",
      retry: { limit: 1, backoffSeconds: 30, factor: 2, maxBackoffSeconds: 600, jitterPercent: 20 },
      gates: [aGate("http", { name: "answers", intervalSeconds: 10, timeoutSeconds: 60, passes: 2 })],
      catchUp: { maxConcurrency: 3, expireSeconds: undefined, maxHops: 10 },
      preStage: true,
    }),
    scripts: {},
    behaves: behaviour(seed),
    says: Object.fromEntries(fleet.map(({ name }, index) => [name, says(index)])),
    saysOfWaves: { "grow-1": "later", "grow-2": "hangs", "grow-3": "inconclusive", "grow-4": "throws" },
    presentAfter: Object.fromEntries(fleet.map(({ name }, index) => [name, chance(seed, index, "present") * 1200])),
    before: Object.fromEntries(fleet.slice(0, 250).map(({ name }) => [name, before.name])),
    asked: [],
    askedLater: [],
  };
}

/** What another process asks now and then. */
function anything(seed: number, sequence: number, state: RolloutState): RolloutRequest {
  const all = [...state.sites.values()];
  const site = all[Math.floor(chance(seed, sequence, "site") * all.length)]?.site ?? "";
  const by = "bea";
  const requests: readonly RolloutRequest[] = [
    { type: "pause", by },
    { type: "evidence", by, site, result: chance(seed, site) < 0.5 ? "pass" : "fail", detail: "fans stand still" },
    { type: "retry", by, outcomes: ["failed"], sites: [] },
    { type: "retry", by, outcomes: [], sites: [site] },
    { type: "approve-site", by, site },
    { type: "approve-wave", by, wave: "grow-2", expires: state.at + 60_000 },
  ];
  return requests[sequence % requests.length]!;
}

/** One driver after the other, each stopped or killed after some events, until the run has ended. */
async function driveThrough(telling: Telling, seed: number, check: RolloutRun["onEvent"]): Promise<RolloutState> {
  for (let driver = 0; driver < 200; driver += 1) {
    const [stop, hard] = [new AbortController(), new AbortController()];
    const life = Math.floor(chance(seed, driver, telling.ledger.recorded.length) * 900);
    let seen = 0;
    const onEvent: RolloutRun["onEvent"] = (recorded, state) => {
      check?.(recorded, state);
      seen += 1;
      if (seen === life) (chance(seed, driver, "kill") < 0.6 ? hard : stop).abort();
      // Somebody loses patience with what hangs.
      if (seen > life + 40) hard.abort();
      if (chance(seed, recorded.sequence, "ask") < 0.01) {
        void telling.ask(state, anything(seed, recorded.sequence, state));
      }
    };
    // What hangs ends with its driver; a driver of whom nothing is heard is killed.
    const patience = telling.clock.until(telling.clock.now() + 3_600_000, stop.signal).then(() => hard.abort());
    const { run } = telling.ledger.recorded[0] ?? {};
    const options = { signal: stop.signal, hardSignal: hard.signal, onEvent };
    const state = await (run === undefined ? telling.run(options) : telling.resume(run, options));
    stop.abort();
    await patience;
    telling.ledger.killed();
    telling.runner.killed();
    if (state.finished !== undefined) return state;
  }
  throw new Error("200 drivers have not brought it to its end");
}

describe("a real driver of 300 sites that fail, hang, vanish and return, killed again and again", function () {
  this.timeout(120_000);

  for (const seed of [1, 2, 3]) {
    it(`keeps every rule at every event, and comes to its end (seed ${seed})`, async () => {
      const story = storyOf(seed);
      const telling = new Telling(story);
      let last: RolloutState | undefined;
      const check: RolloutRun["onEvent"] = (recorded, state) => {
        const before = last;
        last = state;
        expectCapsHeld(state);
        for (const site of telling.runner.inFlight) {
          const phase = state.sites.get(site)?.phase;
          if (phase !== "running" && phase !== "final") expect.fail(`${site} is run while it is ${phase}`);
        }
        if (recorded.sequence % 20 === 0) expectHonestCounts(state);
        if (recorded.sequence % 50 === 0) {
          expectDecidable(state);
          expectAnswers(state, [...story.sites.map(({ name }) => name), ...state.plan.waves.map(({ name }) => name)]);
        }
        if (before === undefined || before.sequence + 1 !== recorded.sequence) return;
        expectStartAllowed(before, recorded);
        expectWaveAllowed(before, recorded);
      };
      let state = await driveThrough(telling, seed, check);
      const asked: RolloutRequest[] = [];
      for (let round = 0; round < 12; round += 1) {
        const dark = [...state.sites.values()].filter(({ outcome }) => outcome === "deferred");
        const frozen = dark.map(({ frozen: { offline: _, ...site } }) => site);
        const by = "bea";
        const request: RolloutRequest =
          dark.length > 0 && round % 2 === 1
            ? { type: "catch-up", by, sites: dark.map(({ site }) => site), frozen }
            : { type: "retry", by, outcomes: ["failed", "skipped", "cancelled", "rolled-back"], sites: [] };
        if (!(await telling.asks(state, request))) continue;
        asked.push(request);
        state = await driveThrough(telling, seed + round, check);
      }
      const events = telling.ledger.recorded;
      expect(events.slice(1).reduce(applyEvent, foldEvents(events.slice(0, 1)))).to.deep.equal(state);
      // What somebody tells of a site may be wrong; what the runs did is not.
      const told = new Set(events.flatMap(({ event }) => (event.type === "evidence-recorded" ? [event.site] : [])));
      for (const { site, outcome } of state.sites.values()) {
        expect(outcome, site).not.to.equal(undefined);
        if (told.has(site)) continue;
        if (outcome === "succeeded" || outcome === "unchanged") {
          expect(telling.runner.content.get(site), site).to.equal(story.release.name);
          expect(telling.runner.promoted.get(site), site).to.equal(story.release.name);
        }
        if (outcome === "rolled-back") expect(telling.runner.promoted.get(site), site).to.equal("2026.10.0");
      }
      expect(asked.length).to.be.greaterThan(0);
      expect(state.tally.succeeded + state.tally.unchanged).to.be.greaterThan(150);
    });
  }
});
