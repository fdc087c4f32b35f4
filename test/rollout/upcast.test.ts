import { expect } from "chai";

import { decide } from "../../rollout/decide/decide";
import type { RecordedEvent, RolloutEvent } from "../../rollout/events";
import { foldEvents } from "../../rollout/fold";
import { difference } from "../../rollout/resume";
import { upcast } from "../../rollout/upcast";
import { startOf, aPlan } from "./support/plan";

/** As edgewave 0.1 wrote it. */
const written = JSON.parse(`{
  "type": "rollout-started", "fleet": "harbours", "rollout": "autumn", "release": "2026.11.0", "locked": false,
  "plan": {
    "rollout": "autumn", "release": "2026.11.0",
    "waves": [
      {"name": "canary", "canary": true, "sites": ["porto"], "maxConcurrency": 1, "maxFailures": 0, "soakSeconds": 600},
      {"name": "rest", "canary": false, "sites": ["faro"], "maxConcurrency": 4, "soakSeconds": 0}
    ],
    "unassigned": [], "maxFailures": 1, "maxConcurrency": 4
  },
  "sites": [
    {"site": "porto", "profile": "micro", "architecture": "amd64", "region": "atlantic", "desiredHash": "h1"},
    {"site": "faro", "profile": "mini", "architecture": "arm64", "region": "algarve", "desiredHash": "h2"}
  ]
}`) as RolloutEvent;

describe("a ledger of version 1", () => {
  it("is read as a plan without gates, windows, quorum, repeats and the like", () => {
    const event = upcast(1, written);
    if (event.type !== "rollout-started") throw new Error("it is another event");
    expect(event.plan).to.deep.include({ onFailure: "halt", preStage: false, failureDomains: undefined });
    expect(event.plan.retry.limit).to.equal(0);
    expect(event.plan.catchUp).to.deep.equal({ maxConcurrency: 4, expireSeconds: undefined, maxHops: 10 });
    expect(event.plan.waves[0]).to.deep.include({
      name: "canary",
      soakSeconds: 600,
      gates: [],
      quorum: 0,
      maxFailures: 0,
    });
    expect(event.plan.waves[0]).to.deep.include({ representation: [], approval: undefined });
  });
  it("can be folded and driven on", () => {
    const events: RecordedEvent[] = [
      written,
      { type: "wave-started", wave: "canary" } as const,
      { type: "site-started", site: "porto", attempt: 1, token: 1 } as const,
    ].map((event, index) => ({ run: "r", sequence: index + 1, at: index, version: 1, event: upcast(1, event) }));
    const state = foldEvents([
      ...events,
      {
        run: "r",
        sequence: 4,
        at: 9,
        version: 2,
        event: { type: "driver-resumed", host: "h", pid: 1, inFlight: ["porto"] },
      },
    ]);
    expect(decide(state, 100)).to.deep.equal([{ type: "start-site", site: "porto", attempt: 2 }]);
  });
  it("is resumed though it does not say which time zone a site is in", () => {
    const start = startOf(aPlan());
    const old = { ...start, sites: start.sites.map(({ timeZone: _, ...site }) => site) };
    expect(difference(old, start)).to.equal(undefined);
    expect(difference({ ...old, sites: old.sites.map((site) => ({ ...site, region: "south" })) }, start)).to.match(
      /^3 sites have changed/,
    );
    expect(
      difference({ ...start, sites: start.sites.map((site) => ({ ...site, timeZone: "Asia/Tokyo" })) }, start),
    ).to.match(/^3 sites have changed/);
  });
  it("leaves every other event, and those of versions 2 and 3, as they are", () => {
    const event: RolloutEvent = { type: "wave-started", wave: "all" };
    expect(upcast(1, event)).to.equal(event);
    expect(upcast(2, written)).to.equal(written);
    expect(upcast(3, written)).to.equal(written);
  });
  it("refuses what a newer edgewave wrote", () => expect(() => upcast(4, written)).to.throw(/reads up to version 3/));
});
