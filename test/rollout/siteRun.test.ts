import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { systemClock } from "../../rollout/clock";
import { SiteBusy } from "../../rollout/ledger/ledger";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { withSiteClaim } from "../../rollout/siteRun";

describe("withSiteClaim", () => {
  it("keeps rollouts off a site while something else runs on it, and gives it back also after a failure", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgewave-claim-"));
    const ledger = await openLedger(join(folder, "ledger.db"));
    const lease = await ledger.lease("rollout/autumn");
    const attempt = () => ledger.claimSite(lease, "porto").catch((error: unknown) => error);
    const began = Date.now();
    const tokens: number[] = [];
    const failure = await withSiteClaim(ledger, "porto", async (token) => {
      tokens.push(token);
      expect(await attempt()).to.be.instanceOf(SiteBusy);
      throw new Error("the run failed");
    }).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "the run failed");
    tokens.push(Number(await attempt()));
    const refused = await withSiteClaim(ledger, "porto", async () => "ran").catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(SiteBusy);
    await ledger.releaseSite(lease, "porto");
    tokens.push(await withSiteClaim(ledger, "porto", async (token) => token));
    const [one = 0, two = 0, three = 0] = tokens;
    expect(one).to.be.at.least(began);
    expect(two).to.be.greaterThan(one);
    expect(three).to.be.greaterThan(two);
    ledger.close();
    await rm(folder, { recursive: true });
  });
});

describe("systemClock", () => {
  const never = new AbortController().signal;

  it("waits until a time, and not at all for one that is past", async () => {
    const start = Date.now();
    await systemClock.until(start - 1000, never);
    expect(Date.now() - start).to.be.lessThan(500);
    await systemClock.until(start + 600, never);
    expect(Date.now() - start).to.be.at.least(600);
  });

  it("comes back early when it is told to, also from a wait longer than any timer", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const start = Date.now();
    await systemClock.until(start + 2 ** 40, stop.signal);
    expect(Date.now() - start).to.be.lessThan(1000);
  });
});
