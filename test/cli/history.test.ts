import { createClient } from "@libsql/client";
import { expect } from "chai";
import { pathToFileURL } from "node:url";
import { aPlan, aPlannedWave, ended, startOf, started, waveFinished, waveStarted } from "../rollout/support/plan";
import { withFolder } from "../support/edgewave";
import { command, succeeded, type WrittenRun, writeRuns } from "./record";

const at = Date.UTC(2026, 10, 20, 8);
const plan = aPlan({ waves: [aPlannedWave({ sites: ["vigo", "porto-santo"] })], maxFailures: 0 });
const first: WrittenRun = {
  run: "20261120T080000Z-0001",
  at,
  events: [
    startOf(plan),
    waveStarted,
    started("vigo"),
    ended("vigo", "failed"),
    { type: "rollout-halted", reason: "1 site failed; the rollout's budget allows 0", wave: "all" },
    ended("porto-santo", "skipped"),
    { type: "rollout-finished", result: "halted" },
  ],
};
const second: WrittenRun = {
  run: "20261121T080000Z-0002",
  at: at + 86_400_000,
  events: [
    startOf(plan),
    waveStarted,
    started("vigo"),
    { type: "paused", by: "ana@hub", reason: "storm" },
    { type: "unpaused", by: "ana@hub" },
    { type: "driver-resumed", host: "hub", pid: 7, inFlight: ["vigo"] },
    started("vigo", 2),
    succeeded("vigo", 2.5),
    started("porto-santo"),
    succeeded("porto-santo", 3.5),
    waveFinished,
    { type: "rollout-finished", result: "succeeded" },
  ],
};
const other: WrittenRun = {
  run: "20261122T080000Z-0003",
  rollout: "winter",
  at: at + 2 * 86_400_000,
  events: [startOf({ ...plan, rollout: "winter" }), waveStarted],
};

describe("edgewave history", () => {
  it("lists the runs, the newest first, with who did what to them", () =>
    withFolder(async (out) => {
      await writeRuns(out, [first, second, other]);
      const { code, out: text } = await command(["history", "--out", out]);
      expect(code).to.equal(0);
      const lines = text.split("\n");
      expect(lines[1]).to.match(/^20261122T080000Z-0003 +winter .* running/);
      expect(lines[2]).to.match(/^20261121T080000Z-0002 +autumn .* 2026-11-21T08:00Z +11.0 s +succeeded +2 succeeded$/);
      expect(lines[3]).to.match(/halted +1 failed, 1 skipped$/);
      expect(text).to.contain("1 site failed; the rollout's budget allows 0");
      expect(text).to.contain("2026-11-21T08:00Z ana@hub paused: storm");
      expect(text).to.contain("process 7 on hub resumed");
    }));

  it("shows no more than it is asked for, counts the rest, and reads no run that it does not show", () =>
    withFolder(async (out) => {
      const client = createClient({ url: pathToFileURL(await writeRuns(out, [first, second])).href });
      // A run that is read is found to be broken.
      await client.executeMultiple(
        `DROP TRIGGER events_are_not_changed; UPDATE events SET at = 1 WHERE run = '${first.run}';`,
      );
      client.close();
      expect((await command(["history", "--out", out])).err).to.contain("EDGE-RUN-004");
      const { out: text } = await command(["history", "--out", out, "--limit", "1"]);
      expect(text).not.to.contain(first.run);
      expect(text).to.contain("and 1 older run; --limit 2 shows all");
    }));

  it("tells the runs of one rollout alone, as JSON", () =>
    withFolder(async (out) => {
      await writeRuns(out, [first, second, other]);
      const { json } = await command(["history", "--out", out, "--rollout", "autumn", "--json"]);
      const { runs, of } = json() as { runs: Record<string, unknown>[]; of: number };
      expect(of).to.equal(2);
      expect(runs.map(({ run }) => run)).to.deep.equal([second.run, first.run]);
      expect(runs[1]).to.deep.include({ result: "halted", tally: { failed: 1, skipped: 1 }, sites: 2 });
      expect(runs[0]).not.to.have.property("state");
    }));

  it("tells what happened to one site in each of them", () =>
    withFolder(async (out) => {
      await writeRuns(out, [first, second, other]);
      const { out: text, code } = await command(["history", "vigo", "--out", out]);
      expect(code).to.equal(0);
      const [, winter, good, bad] = text.split("\n");
      expect(winter).to.match(/winter .* pending$/);
      expect(good).to.match(/autumn +2026.11.0 +all +succeeded +2.5 s$/);
      expect(bad).to.match(/failed +1.0 s +because$/);
      const { json } = await command(["history", "vigo", "--out", out, "--json"]);
      expect((json()["runs"] as Record<string, unknown>[])[1]).to.include({ attempts: 2, outcome: "succeeded" });
    }));

  it("refuses a site that neither the fleet nor a run knows, and a ledger that is not there", () =>
    withFolder(async (out) => {
      const none = await command(["history", "--out", out]);
      expect([none.code, none.err]).to.satisfy(
        ([code, err]: [number, string]) => code === 2 && /EDGE-CLI-030/.test(err),
      );
      await writeRuns(out, [first]);
      const unknown = await command(["history", "atlantis", "--out", out]);
      expect(unknown.code).to.equal(2);
      expect(unknown.err).to.contain("EDGE-CLI-064");
      expect((await command(["history", "porto-santo", "--out", out])).code).to.equal(0);
      expect((await command(["history", "bergen", "--out", out])).out).to.equal("bergen is in no run\n");
    }));
});
