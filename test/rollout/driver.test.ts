import { expect } from "chai";

import { rolloutStarted } from "../../rollout/start";
import { planWaves } from "../../rollout/planWaves";
import { RolloutLocked } from "../../rollout/ledger/ledger";
import { aFleet, aRelease, aRollout, aSite, aWave, sites } from "../support/fleet";
import { aWorld, drive, outcomesOf, story, type World } from "./drive";
import { MemoryLedger } from "./memoryLedger";
import { ScriptedFleet } from "./scriptedFleet";

const offline = { reason: "dredging", since: "2026-11-20" };
const waves = [
  aWave({ name: "canary", canary: true, size: { count: 1 }, maxFailures: { count: 0 } as never }),
  aWave({ name: "rest", size: "rest" }),
];

/** The same ledger and sites under a driver of its own, as after a kill. */
function again(world: World, scripts = {}): World {
  const runner = new ScriptedFleet(world.clock, scripts);
  for (const [site, content] of world.runner.content) runner.content.set(site, content);
  for (const [site, release] of world.runner.promoted) runner.promoted.set(site, release);
  return { ...world, runner };
}

describe("runRollout", () => {
  it("takes every site to the release, the canary alone before the others", async () => {
    const world = aWorld(sites(4), aRollout({ waves }));
    const state = await drive(world);
    expect(state.finished?.result).to.equal("succeeded");
    expect(state.tally.succeeded).to.equal(4);
    expect([...world.runner.promoted.values()]).to.deep.equal(Array(4).fill("2026.11.0"));
    const firstOthers = story(world.ledger).indexOf("wave-finished");
    expect(story(world.ledger).slice(0, firstOthers)).to.deep.equal([
      "rollout-started",
      "wave-started",
      "site-started",
      "site-promoted",
      "site-finished",
    ]);
  });

  it("runs as many sites at once as it may, and never more", async () => {
    const world = aWorld(sites(9), aRollout({ waves: [aWave({ name: "all", size: "rest" })], maxConcurrency: 3 }));
    await drive(world);
    expect(world.runner.mostInFlight).to.equal(3);
  });

  it("defers an offline site without running or promoting it, and that is no failure", async () => {
    const fleet = sites(3, (index) => (index === 1 ? { offline } : {}));
    const world = aWorld(fleet, aRollout({ waves }));
    const state = await drive(world);
    expect(state.finished?.result).to.equal("succeeded");
    expect(state.sites.get("site-1")).to.include({ outcome: "deferred", reason: "no link since 2026-11-20: dredging" });
    expect(world.runner.runs).not.to.include("site-1");
    expect(world.runner.promoted.has("site-1")).to.equal(false);
  });

  it("halts after the canary fails, and skips the others with the reason", async () => {
    const world = aWorld(sites(3), aRollout({ waves }), { porto: { fails: "disk full" } });
    const state = await drive(world);
    expect(state.finished?.result).to.equal("halted");
    expect(outcomesOf(state)).to.deep.equal({ porto: "failed", "site-1": "skipped", "site-2": "skipped" });
    expect(state.halted?.reason).to.equal("1 site failed; the rollout's budget allows 0");
    expect(state.sites.get("site-1")?.reason).to.contain("1 site failed");
    expect(world.runner.runs).to.deep.equal(["porto"]);
  });

  it("goes on while failures stay within the budget, and ends as failed", async () => {
    const rollout = aRollout({ waves: [aWave({ name: "all", size: "rest" })], maxFailures: { count: 1 } as never });
    const state = await drive(aWorld(sites(5), rollout, { "site-2": { fails: "no" } }));
    expect(state.finished?.result).to.equal("failed");
    expect(state.tally).to.include({ succeeded: 4, failed: 1, skipped: 0 });
  });

  it("lets running sites finish after a halt", async () => {
    const rollout = aRollout({ waves: [aWave({ name: "all", size: "rest" })], maxConcurrency: 2 });
    const state = await drive(aWorld(sites(4), rollout, { porto: { fails: "no", seconds: 1 } }));
    expect(outcomesOf(state)).to.deep.equal({
      porto: "failed",
      "site-1": "succeeded",
      "site-2": "skipped",
      "site-3": "skipped",
    });
  });

  it("halts when more sites are deferred than the budget allows, before it starts another one", async () => {
    const fleet = sites(4, (index) => (index > 1 ? { offline } : {}));
    const rollout = aRollout({ waves: [aWave({ name: "all", size: "rest" })], maxDeferred: { count: 1 } as never });
    const world = aWorld(fleet, rollout);
    const state = await drive(world);
    expect(state.finished?.result).to.equal("halted");
    expect(world.runner.runs).to.be.empty;
  });

  it("halts after a canary of which every site was deferred while others have a link", async () => {
    const selector = { names: ["porto"], regions: [], profiles: [], matchLabels: {}, matchExpressions: [] };
    const named = [
      aWave({ name: "canary", canary: true, size: "rest", selector }),
      aWave({ name: "rest", size: "rest" }),
    ];
    const world = aWorld(
      sites(3, (index) => (index === 0 ? { offline } : {})),
      aRollout({ waves: named }),
    );
    const state = await drive(world);
    expect(state.halted?.reason).to.match(/every site of canary canary was deferred/);
    expect(world.runner.runs).to.be.empty;
  });

  it("finds sites unchanged the second time, and runs no engine for them", async () => {
    const world = aWorld(sites(3), aRollout({ waves }));
    await drive(world);
    const second = again(world);
    const state = await drive(second);
    expect(state.tally.unchanged).to.equal(3);
    expect(second.runner.runs).to.be.empty;
    expect(state.sites.get("porto")).to.include({ resources: 3, seconds: 0 });
  });

  it("promotes an unchanged site whose branch is behind", async () => {
    const world = aWorld(sites(2), aRollout({ waves }));
    await drive(world);
    const second = again(world);
    second.runner.promoted.set("site-1", "2026.10.0");
    const state = await drive(second);
    expect(state.sites.get("site-1")).to.include({ outcome: "unchanged" });
    expect(state.sites.get("site-1")?.promotion).to.deep.equal({ from: "2026.10.0", to: "2026.11.0", moved: true });
    expect(second.runner.runs).to.be.empty;
  });

  it("runs a site again whose files are not what its last success left", async () => {
    const world = aWorld(sites(2), aRollout({ waves }));
    await drive(world);
    const second = again(world);
    second.runner.content.set("site-1", "edited by hand");
    expect(outcomesOf(await drive(second))).to.deep.equal({ porto: "unchanged", "site-1": "succeeded" });
  });

  it("runs only the site whose description changed", async () => {
    const world = aWorld(sites(3), aRollout({ waves }));
    await drive(world);
    const changed = sites(3, (index) => (index === 2 ? { link: { bandwidthMbit: 99 } } : {}));
    const second = again({ ...world, fleet: aFleet({ sites: changed }) });
    await drive(second);
    expect(second.runner.runs).to.deep.equal(["site-2"]);
  });

  it("fails a site that cannot be promoted, with the reason, and does not count its run as a success", async () => {
    const world = aWorld(sites(2), aRollout({ waves }), { porto: { promotionFails: "somebody else moved deploy" } });
    const state = await drive(world);
    expect(state.sites.get("porto")).to.include({
      outcome: "failed",
      reason: "promotion failed: somebody else moved deploy",
      resources: 3,
    });
    expect(await world.ledger.lastSuccess("porto")).to.equal(undefined);
  });

  it("soaks after a wave, but not after the last one", async () => {
    const soaking = [
      { ...waves[0]!, soakSeconds: 300 },
      { ...waves[1]!, soakSeconds: 300 },
    ];
    const world = aWorld(sites(2), aRollout({ waves: soaking }));
    const state = await drive(world);
    const [canary, rest] = state.waves;
    expect((rest?.startedAt ?? 0) - (canary?.finishedAt ?? 0)).to.equal(300_000);
    expect(canary?.soak?.endedAt).to.equal(rest?.startedAt);
    expect(state.finished?.at).to.equal(rest?.finishedAt);
  });

  describe("a soak", () => {
    const soaking = [{ ...waves[0]!, soakSeconds: 300 }, waves[1]!];

    it("is over for sites that were changed long ago", async () => {
      const world = aWorld(sites(2), aRollout({ waves: soaking }));
      await drive(world);
      const [canary, rest] = (await drive(again(world))).waves;
      expect(canary?.soak).to.equal(undefined);
      expect(rest?.startedAt).to.equal(canary?.finishedAt);
    });

    it("goes on for a site that an earlier run changed a moment ago, though it is unchanged now", async () => {
      const world = aWorld(sites(2), aRollout({ waves: soaking }));
      const stop = new AbortController();
      const onEvent = ({ event }: { event: { type: string } }) => event.type === "soak-started" && stop.abort();
      const first = await drive(world, { signal: stop.signal, onEvent });
      const changed = aFleet({ sites: sites(2, (index) => (index === 1 ? { labels: { country: "es" } } : {})) });
      const second = await drive({ ...again(world), fleet: changed });
      expect(second.sites.get("porto")?.outcome).to.equal("unchanged");
      expect((second.waves[1]?.startedAt ?? 0) - (first.waves[0]?.finishedAt ?? 0)).to.equal(300_000);
    });

    it("follows when only a branch was moved", async () => {
      const world = aWorld(sites(2), aRollout({ waves: soaking }));
      await drive(world);
      const second = again(world);
      second.runner.promoted.set("porto", "2026.10.0");
      const [canary, rest] = (await drive(second)).waves;
      expect((rest?.startedAt ?? 0) - (canary?.finishedAt ?? 0)).to.equal(300_000);
    });
  });

  describe("when it is stopped", () => {
    it("stops running sites, waits for them, starts nothing more and says what is left", async () => {
      const world = aWorld(sites(4), aRollout({ waves: [aWave({ name: "all", size: "rest" })], maxConcurrency: 2 }), {
        "site-1": { hangs: true },
      });
      const stop = new AbortController();
      const state = await drive(world, {
        signal: stop.signal,
        onEvent: ({ event }) => event.type === "site-finished" && stop.abort(),
      });
      expect(state.interrupted).to.include({ left: 3 });
      expect(state.finished).to.equal(undefined);
      expect(state.running).to.equal(0);
      expect(world.runner.inFlight.size).to.equal(0);
      expect(state.sites.get("site-1")?.outcome).to.equal("cancelled");
      expect(story(world.ledger).slice(-1)).to.deep.equal(["interrupted"]);
    });

    it("resumes the same run with higher tokens, and ends as if it had not been stopped", async () => {
      const world = aWorld(sites(4), aRollout({ waves, maxConcurrency: 2 }));
      const stop = new AbortController();
      const stopped = await drive(world, {
        signal: stop.signal,
        onEvent: ({ event }) => event.type === "site-started" && event.site === "site-2" && stop.abort(),
      });
      expect(stopped.tally.cancelled).to.equal(2);
      const second = again(world);
      const state = await drive(second);
      expect(state.run).to.equal(stopped.run);
      expect(state.tally).to.include({ succeeded: 4, cancelled: 0 });
      expect(second.runner.tokens.get("site-2")).to.deep.equal([2]);
      expect(second.runner.runs).not.to.include("porto");
    });

    it("does not wait for a soak", async () => {
      const world = aWorld(sites(2), aRollout({ waves: [{ ...waves[0]!, soakSeconds: 3600 }, waves[1]!] }));
      const stop = new AbortController();
      const began = world.clock.now();
      const state = await drive(world, {
        signal: stop.signal,
        onEvent: ({ event }) => event.type === "soak-started" && stop.abort(),
      });
      expect(state.interrupted?.left).to.equal(1);
      expect(world.clock.now() - began).to.be.lessThan(3600_000);
    });

    it("keeps the end of a soak across a resume", async () => {
      const world = aWorld(sites(2), aRollout({ waves: [{ ...waves[0]!, soakSeconds: 3600 }, waves[1]!] }));
      const stop = new AbortController();
      await drive(world, {
        signal: stop.signal,
        onEvent: ({ event }) => event.type === "soak-started" && stop.abort(),
      });
      const [canary, rest] = (await drive(again(world))).waves;
      expect((rest?.startedAt ?? 0) - (canary?.finishedAt ?? 0)).to.equal(3600_000);
    });

    it("finishes instead if the last site ended in the same moment", async () => {
      const world = aWorld([aSite()], aRollout({ waves: [aWave({ name: "all", size: "rest" })] }));
      const stop = new AbortController();
      const state = await drive(world, {
        signal: stop.signal,
        onEvent: ({ event }) => event.type === "site-finished" && stop.abort(),
      });
      expect(state.finished?.result).to.equal("succeeded");
    });

    it("returns at once when it is told a second time, and a resume repeats what was running", async () => {
      const world = aWorld(sites(2), aRollout({ waves: [aWave({ name: "all", size: "rest" })] }), {
        porto: { deaf: true },
        "site-1": { deaf: true },
      });
      const [stop, hard] = [new AbortController(), new AbortController()];
      const state = await drive(world, {
        signal: stop.signal,
        hardSignal: hard.signal,
        onEvent: ({ event }) => {
          if (event.type === "site-started" && event.site === "site-1") stop.abort();
          if (event.type === "stop-requested") hard.abort();
        },
      });
      expect(state.running).to.equal(2);
      const ledger = new MemoryLedger(world.ledger.recorded);
      const resumed = await drive({ ...again(world), ledger });
      expect(resumed.tally.succeeded).to.equal(2);
      expect(resumed.sites.get("porto")).to.include({ attempt: 2, token: 2 });
    });

    it("starts nothing at all if it was stopped before it began", async () => {
      const world = aWorld(sites(2), aRollout({ waves }));
      const state = await drive(world, { signal: AbortSignal.abort() });
      expect(state.interrupted?.left).to.equal(2);
      expect(world.runner.runs).to.be.empty;
    });
  });

  describe("when an unfinished run is there", () => {
    it("starts anew and says why if a site has changed since", async () => {
      const world = aWorld(sites(3), aRollout({ waves }));
      const first = await drive(world, { signal: AbortSignal.abort() });
      const changed = sites(3, (index) => (index === 2 ? { labels: { country: "es" } } : {}));
      const state = await drive({ ...again(world), fleet: aFleet({ sites: changed }) });
      expect(state.run).not.to.equal(first.run);
      expect(state.supersedes).to.deep.equal({ run: first.run, reason: "1 site has changed since: site-2" });
      const last = (await world.ledger.events(first.run)).at(-1);
      expect(last?.event).to.deep.equal({ type: "rollout-finished", result: "superseded" });
    });

    it("starts anew if the plan has changed since", async () => {
      const world = aWorld(sites(3), aRollout({ waves }));
      await drive(world, { signal: AbortSignal.abort() });
      const state = await drive({ ...again(world), rollout: aRollout({ waves, maxConcurrency: 1 }) });
      expect(state.supersedes?.reason).to.equal("the plan has changed since");
    });

    it("starts a new run after a finished one", async () => {
      const world = aWorld(sites(1), aRollout({ waves }));
      const first = await drive(world);
      const second = await drive(again(world));
      expect(second.run).not.to.equal(first.run);
      expect(second.supersedes).to.equal(undefined);
    });
  });

  it("prepares under the lease, before anything is recorded, and gives the lease back if that fails", async () => {
    const world = aWorld(sites(1), aRollout({ waves }));
    const prepare = () => Promise.reject(new Error("no room for the release"));
    const failure = await drive(world, { prepare }).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "no room for the release");
    expect(world.ledger.recorded).to.be.empty;
    let recordedBefore = -1;
    await drive(world, { prepare: async () => void (recordedBefore = world.ledger.recorded.length) });
    expect(recordedBefore).to.equal(0);
  });

  it("refuses to drive what another driver drives, and touches nothing", async () => {
    const world = aWorld(sites(1), aRollout({ waves }));
    await world.ledger.lease("rollout/autumn");
    const failure = await drive(world).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RolloutLocked);
    expect(world.ledger.recorded).to.be.empty;
  });

  it("stops running sites before it gives up on a ledger that cannot be written", async () => {
    const world = aWorld(sites(2), aRollout({ waves: [aWave({ name: "all", size: "rest" })] }), {
      "site-1": { hangs: true },
    });
    const append = world.ledger.append.bind(world.ledger);
    world.ledger.append = (lease, run, at, events) =>
      events.some(({ type }) => type === "site-finished")
        ? Promise.reject(new Error("disk full"))
        : append(lease, run, at, events);
    const failure = await drive(world).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "disk full");
    expect(world.runner.inFlight.size).to.equal(0);
    expect((await world.ledger.lease("rollout/autumn")).name).to.equal("rollout/autumn");
  });
});

describe("rolloutStarted", () => {
  it("freezes the sites with their desired hashes", () => {
    const fleet = aFleet({ sites: sites(2, (index) => (index === 1 ? { offline } : {})) });
    const plan = planWaves(fleet.sites, aRollout({ waves }));
    const event = rolloutStarted({
      fleet,
      release: aRelease(),
      plan,
      signers: [],
      programDigest: "program",
      successes: new Map(),
    });
    expect(event.sites.map(({ site, offline: link }) => [site, link?.reason])).to.deep.equal([
      ["porto", undefined],
      ["site-1", "dredging"],
    ]);
    expect(event.sites[0]?.desiredHash).to.match(/^[0-9a-f]{64}$/);
    expect(event.locked).to.equal(false);
  });
});
