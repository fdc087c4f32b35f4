import { expect } from "chai";

import { foldEvents } from "../../rollout/fold";
import { why, whyEnded } from "../../rollout/why";
import { aRollout, aWave, sites } from "../support/fleet";
import { aWorld, drive } from "./drive";
import type { Script } from "./scriptedFleet";

const offline = { reason: "dredging", since: "2026-11-20" };

async function ledgerOf(waves = [aWave({ name: "first", size: { count: 2 } }), aWave({ name: "rest", size: "rest" })]) {
  const fleet = sites(5, (index) => (index === 4 ? { offline } : {}));
  const world = aWorld(fleet, aRollout({ waves, maxConcurrency: 1 }), { porto: { seconds: 60 } } satisfies Record<
    string,
    Script
  >);
  await drive(world);
  return world.ledger.recorded;
}

describe("why", () => {
  it("says that a site waits for its turn in the wave, and how many are before it", async () => {
    const events = await ledgerOf();
    const started = events.findIndex(({ event }) => event.type === "site-started");
    const state = foldEvents(events.slice(0, started + 1));
    const waiting = state.plan.waves[0]?.sites[1] ?? "";
    expect(why(state, waiting, state.at)).to.deep.include({
      kind: "site",
      status: "waiting",
      condition: "1 of at most 1 sites of wave first are in flight, 0 wait before this one",
      since: state.waves[0]?.startedAt,
    });
    expect(why(state, state.plan.waves[0]?.sites[0] ?? "", state.at)).to.include({ status: "running" });
  });

  it("says which wave comes first", async () => {
    const events = await ledgerOf();
    const state = foldEvents(events.slice(0, 2));
    const answer = why(state, state.plan.waves[1]?.sites[0] ?? "", state.at);
    expect(answer?.condition).to.equal("wave first comes first and has 2 sites left");
    expect(why(state, "rest", state.at)?.condition).to.equal("wave first comes first and has 2 sites left");
  });

  it("says until when a wave soaks, for the wave and for what waits behind it", async () => {
    const events = await ledgerOf([
      aWave({ name: "first", size: { count: 2 }, soakSeconds: 90 }),
      aWave({ name: "rest", size: "rest" }),
    ]);
    const soak = events.findIndex(({ event }) => event.type === "soak-started");
    const state = foldEvents(events.slice(0, soak + 1));
    for (const target of ["first", "rest", state.plan.waves[1]?.sites[0] ?? ""]) {
      const answer = why(state, target, state.at + 30_000);
      expect(answer?.condition).to.match(/^wave first soaks until 2026-.*, 60 s more$/);
      expect(answer?.since).to.equal(state.at);
    }
  });

  it("says why a site was deferred and what brings it back", async () => {
    const state = foldEvents(await ledgerOf());
    const deferred = why(state, "site-4", state.at);
    expect(deferred?.condition).to.equal("deferred: no link since 2026-11-20: dredging");
    expect(deferred?.remedy).to.contain("take `offline` out");
  });

  it("says that a halt holds everything", async () => {
    const world = aWorld(sites(3), aRollout({ maxConcurrency: 1 }), { porto: { fails: "disk full" } });
    await drive(world);
    const halted = world.ledger.recorded.findIndex(({ event }) => event.type === "rollout-halted");
    const state = foldEvents(world.ledger.recorded.slice(0, halted + 1));
    expect(why(state, "site-1", state.at)).to.include({
      status: "blocked",
      condition: "halted: 1 site failed; the rollout's budget allows 0",
      since: state.halted?.at,
    });
  });

  it("says of an end what is owed then: a retry and the way back, a catch-up, or nothing", async () => {
    const retry = "when the cause is gone: edgewave rollout retry";
    const back = "to take back what was changed: edgewave rollout rollback --yes";
    const later = "when deferred sites have a link again: edgewave rollout catch-up";
    const halted = await drive(aWorld(sites(3), aRollout({ maxConcurrency: 1 }), { porto: { fails: "disk full" } }));
    expect(whyEnded(halted)).to.deep.include({
      target: halted.rollout,
      kind: "rollout",
      status: "final",
      condition: "halted: 1 site failed; the rollout's budget allows 0",
      remedy: `${retry}; ${back}`,
    });
    const dark = sites(2, (index) => (index === 1 ? { offline } : {}));
    expect(whyEnded(await drive(aWorld(dark, aRollout())))?.remedy).to.equal(later);
    const good = await drive(aWorld(sites(2), aRollout()));
    expect(whyEnded(good)).to.deep.include({
      condition: "the rollout ended as succeeded",
      remedy: "nothing; it is done",
    });
    expect(whyEnded({ ...good, finished: undefined })).to.equal(undefined);
  });

  it("says that a stopped driver has to be started again", async () => {
    const world = aWorld(sites(3), aRollout());
    const state = await drive(world, { signal: AbortSignal.abort() });
    expect(why(state, "porto", state.at)).to.include({ status: "blocked", condition: "the driver was stopped" });
  });

  it("says that no wave takes a site, and that a selector leaves one out", async () => {
    const selector = { names: [], regions: ["atlantic"], profiles: [], matchLabels: {}, matchExpressions: [] };
    const fleet = sites(3, (index) => ({ region: index === 2 ? "south" : "atlantic" }));
    const rollout = aRollout({ selector, waves: [aWave({ name: "one", size: { count: 1 } })] });
    const state = await drive(aWorld(fleet, rollout));
    expect(why(state, "site-1", state.at)?.condition).to.equal("no wave of the rollout takes the site");
    expect(why(state, "site-2", state.at)?.condition).to.equal("the rollout's selector leaves the site out");
  });

  it("knows nothing of a name that is neither a site nor a wave", async () => {
    const state = foldEvents(await ledgerOf());
    expect(why(state, "atlantis", state.at)).to.equal(undefined);
  });
});
