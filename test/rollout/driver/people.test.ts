import { expect } from "chai";

import { storedForm } from "../../../rollout/requestForm";
import type { RolloutRequest } from "../../../rollout/requests";
import type { RolloutState } from "../../../rollout/state";
import { why } from "../../../rollout/why";
import { aRelease, aRollout, aWave, sites } from "../../support/fleet";
import { aWorld, drive, outcomesOf, type World } from "../drive";
import { aGate } from "../gates/aGate";
import { Telling, type Story } from "../support/story";

const all = [aWave({ name: "all", size: "rest" })];
const asks = (world: World, state: RolloutState, request: RolloutRequest, run = state.run) =>
  world.ledger.putRequest(storedForm(request as never, state.rollout, run, world.clock.now()));

describe("a driver and those who ask it something", () => {
  it("defers a site that it cannot reach, and that is no failure", async () => {
    const world = aWorld(sites(3), aRollout({ waves: all }), { "site-1": { unreachable: "no answer on port 22" } });
    const state = await drive(world);
    expect(state.finished?.result).to.equal("succeeded");
    expect(state.sites.get("site-1")).to.include({ outcome: "deferred", reason: "no answer on port 22" });
    expect(world.runner.promoted.has("site-1")).to.equal(false);
  });

  it("runs sites of a run that is opened again in the moment of its abort", async () => {
    const world = aWorld(sites(2), aRollout({ waves: all, maxConcurrency: 2 }));
    let asked = false;
    const state = await drive(world, {
      requestsEvery: 1_000,
      onEvent: ({ event }, now) => {
        if (event.type === "site-started" && event.site === "site-1" && !asked)
          void asks(world, now, { type: "abort", by: "ana" });
        if (event.type !== "rollout-finished" || asked) return;
        asked = true;
        void asks(world, now, { type: "retry", by: "ana", outcomes: ["cancelled"], sites: [] });
      },
    });
    expect(outcomesOf(state)).to.deep.equal({ porto: "succeeded", "site-1": "succeeded" });
    expect(state.finished?.result).to.equal("succeeded");
  });

  it("refuses what was meant for an earlier run", async () => {
    const world = aWorld(sites(2), aRollout({ waves: all }));
    let id: Promise<string> | undefined;
    await drive(world, {
      requestsEvery: 1_000,
      onEvent: (_, now) => void (id ??= asks(world, now, { type: "abort", by: "ana" }, "an-earlier-run")),
    });
    expect((await world.ledger.requestAnswer((await id) ?? ""))?.answer).to.match(
      /^refused: it was meant for run an-earlier-run/,
    );
  });

  it("refuses what cannot be checked, says why, and goes on", async () => {
    const world = aWorld(sites(2), aRollout({ waves: all }));
    let id: Promise<string> | undefined;
    const state = await drive(world, {
      requestsEvery: 1_000,
      verify: () => Promise.reject(new Error("the approvers' disk is gone")),
      onEvent: (_, now) => void (id ??= asks(world, now, { type: "pause", by: "ana" })),
    });
    expect(state.finished?.result).to.equal("succeeded");
    expect(state.paused).to.equal(undefined);
    expect((await world.ledger.requestAnswer((await id) ?? ""))?.answer).to.equal(
      "refused: it could not be checked: the approvers' disk is gone",
    );
  });

  it("tells by the ledger that a site waits for the machine, and that it goes on", async () => {
    const world = aWorld(sites(1), aRollout({ waves: all }));
    const { runner, clock } = world;
    const up = runner.up.bind(runner);
    runner.up = async (request, observer) => {
      observer.onWaiting?.("memory is short");
      await clock.until(clock.now() + 5_000, observer.signal);
      observer.onWaiting?.(undefined);
      return up(request, observer);
    };
    const told: (string | undefined)[] = [];
    const state = await drive(world, {
      onEvent: ({ event, at }, now) => {
        if (event.type !== "site-waiting") return;
        told.push(why(now, "porto", at)?.condition);
        told.push(why(now, "all", at)?.condition);
      },
    });
    expect(told).to.deep.equal([
      "its run waits: memory is short",
      "site porto: its run waits: memory is short",
      "run 1 is under way",
      "1 site is in flight, 0 wait for them",
    ]);
    expect(state.finished?.result).to.equal("succeeded");
  });

  it("starts no site more in the moment in which another one fails without a run", async () => {
    const fleet = sites(3, () => ({ target: "render" }));
    const rollout = aRollout({ waves: all, maxConcurrency: 3 });
    const story: Story = {
      sites: fleet,
      releases: [aRelease({ name: "old", date: "2026-01-01", kubernetes: "1.30.1" }), aRelease()],
      release: aRelease(),
      rollout,
      scripts: {},
      says: {},
      presentAfter: {},
      before: { porto: "old" },
      asked: [],
      askedLater: [],
    };
    const state = await new Telling(story).run();
    expect(outcomesOf(state)).to.deep.equal({ porto: "failed", "site-1": "skipped", "site-2": "skipped" });
    expect(state.sites.get("porto")?.reason).to.match(/the fleet has no release with it/);
  });

  it("ends a rollout at its deadline although a gate holds a site and nobody answers", async () => {
    const world = aWorld(sites(1), aRollout({ waves: all, deadlineSeconds: 3600, gates: [] }));
    const rollout = { ...world.rollout, gates: [aGate("http", { name: "answers", timeoutSeconds: 60 })] };
    const held = { ...world, rollout, fleet: { ...world.fleet, rollouts: [rollout] } };
    const state = await drive(held);
    expect(state.halted?.reason).to.equal("the rollout's deadline passed with 1 site left");
    expect(outcomesOf(state)).to.deep.equal({ porto: "failed" });
  });
});
