import { expect } from "chai";

import { type DriftInputs, driftOfFleet } from "../../rollout/driftOfFleet";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import {
  type DriftResult,
  RunCancelled,
  RunFailed,
  SiteUnreachable,
  StackLocked,
  type StackRunner,
} from "../../rollout/stackRunner";
import { withFolder } from "../support/edgewave";
import { aFleet, aRelease, aSite, sites } from "../support/fleet";

const entry = { found: "files", op: "update", type: "file", name: "a.yaml", paths: [] } as const;
const same: DriftResult = { changes: { same: 3 }, entries: [], more: 0, seconds: 1, notes: [] };
const drifted: DriftResult = { ...same, entries: [entry] };

type Compare = StackRunner["drift"];

async function compare(fleetSites: DriftInputs["sites"], drift: Compare, more: Partial<DriftInputs> = {}) {
  return withFolder(async (folder) => {
    const ledger = await openLedger(`${folder}/ledger.db`);
    try {
      return await driftOfFleet({
        sites: fleetSites,
        fleet: aFleet(),
        releaseOf: () => aRelease(),
        isMade: () => true,
        signers: [],
        runner: { drift },
        ledger,
        concurrency: 2,
        signal: new AbortController().signal,
        ...more,
      });
    } finally {
      ledger.close();
    }
  });
}

describe("driftOfFleet", () => {
  it("tells each site's drift in the order of the sites, a few at once", async () => {
    let [now, most] = [0, 0];
    const results = await compare(sites(5), async ({ site }) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, site.name === "porto" ? 20 : 1));
      now -= 1;
      return site.name === "site-3" ? drifted : same;
    });
    expect(results.map(({ site, status }) => `${site} ${status}`)).to.deep.equal([
      "porto same",
      "site-1 same",
      "site-2 same",
      "site-3 drifted",
      "site-4 same",
    ]);
    expect(most).to.equal(2);
  });

  const failures: [string, Error, string][] = [
    ["failed", new RunFailed("the program is broken"), "the program is broken"],
    ["unreachable", new SiteUnreachable("no route"), "no route"],
    ["busy", new StackLocked("locked by another"), "locked by another"],
    ["cancelled", new RunCancelled("asked to stop"), "asked to stop"],
  ];
  for (const [status, error, reason] of failures) {
    it(`is ${status} where the runner says ${error.name}, and goes on with the others`, async () => {
      const results = await compare(sites(2), ({ site }) =>
        site.name === "porto" ? Promise.reject(error) : Promise.resolve(same),
      );
      expect(results[0]).to.include({ status, reason });
      expect(results[1]).to.include({ status: "same" });
    });
  }

  it("runs nothing at sites that are not made, have no known release or no link", async () => {
    const ran: string[] = [];
    const off = { reason: "storm", since: "2026-11-01" };
    const all = [
      aSite({ name: "bare" }),
      aSite({ name: "old" }, 1),
      aSite({ name: "dark", target: "cluster", offline: off }, 2),
      aSite({ name: "rendered", offline: off }, 3),
    ];
    const results = await compare(
      all,
      async ({ site }) => {
        ran.push(site.name);
        return same;
      },
      {
        isMade: (site) => site !== "bare",
        releaseOf: ({ name }) => (name === "old" ? { unknown: "its release is gone" } : aRelease()),
      },
    );
    expect(results.map((result) => [result.status, "reason" in result ? result.reason : ""])).to.deep.equal([
      ["not-made", "it has not been brought to a release yet"],
      ["failed", "its release is gone"],
      ["unreachable", "no link since 2026-11-01: storm"],
      ["same", ""],
    ]);
    expect(ran).to.deep.equal(["rendered"]);
  });

  it("does not compare a site that somebody else runs", () =>
    withFolder(async (folder) => {
      const ledger = await openLedger(`${folder}/ledger.db`);
      const lease = await ledger.lease("rollout/autumn");
      await ledger.claimSite(lease, "porto");
      const [result, other] = await compare(sites(2), () => Promise.resolve(same), { ledger });
      expect(result).to.include({ status: "busy" });
      expect(other).to.include({ status: "same" });
      await lease.release();
      const again = await compare(sites(1), () => Promise.resolve(same), { ledger });
      expect(again[0]).to.include({ status: "same" });
      ledger.close();
    }));

  it("begins nothing more once it is asked to stop, and waits for what is under way", async () => {
    const stop = new AbortController();
    let ended = 0;
    const results = await compare(
      sites(4),
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            ended += 1;
            reject(new RunCancelled("stopped"));
          });
          setImmediate(() => stop.abort());
        }),
      { signal: stop.signal },
    );
    expect(results.map(({ status }) => status)).to.deep.equal(Array(4).fill("cancelled"));
    expect(ended).to.be.within(1, 2);
  });
});
