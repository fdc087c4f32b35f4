import { expect } from "chai";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { aPlan, aPlannedWave, startOf, started, waveFinished, waveStarted } from "../rollout/support/plan";
import { withFolder } from "../support/edgewave";
import { aFleet, aLock, aRelease, aRollout, aWave, sites } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import { command, succeeded, writeRuns } from "./record";

const start = "2026-11-26T20:00Z";

/** Writes a fleet and returns its folder. */
function writeFleet(folder: string, fleet: ReturnType<typeof aFleet>): string {
  for (const { path: name, text } of fleetFiles(fleet)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function withRecord(out: string, seconds: number): Promise<void> {
  const plan = aPlan({ waves: [aPlannedWave({ sites: ["vigo", "bergen"] })] });
  const events = [startOf(plan), waveStarted, started("vigo"), succeeded("vigo", seconds), waveFinished];
  await writeRuns(out, [{ run: "r", at: Date.UTC(2026, 10, 1), events }]);
}

describe("edgewave simulate", () => {
  it("says what is assumed, how it ends, when, what it reaches and where it halts", () =>
    withFolder(async (out) => {
      const { code, out: text } = await command(["simulate", "--out", out, "--runs", "60", "--start", start]);
      expect(code).to.equal(0);
      expect(text).to.contain("60 simulated rollouts, seed 1, from 2026-11-26T20:00Z");
      expect(text).to.contain("2 % of runs fail: assumed, none is recorded");
      expect(text).to.match(/^ {2}succeeded +[\d.]+ % +\d+$/m);
      expect(text).to.match(/^ {2}half +3 m \d+ s +2026-11-26T20:03Z$/m);
      expect(text).to.match(/^ {2}reached +22 +22 +22$/m);
      expect(existsSync(path.join(out, "ledger.db"))).to.equal(false);
    }));

  it("gives the same answer for the same seed, and another for another", () =>
    withFolder(async (out) => {
      const ask = async (seed: string) =>
        (await command(["simulate", "--json", "--out", out, "--runs", "30", "--seed", seed, "--start", start])).out;
      const once = await ask("5");
      expect(await ask("5")).to.equal(once);
      expect(await ask("6")).not.to.equal(once);
    }));

  it("takes the times of earlier runs from the ledger, unless it shall not or is given one", () =>
    withFolder(async (out) => {
      await withRecord(out, 600);
      const ask = async (...more: string[]) => {
        const { json } = await command([
          "simulate",
          "--json",
          "--out",
          out,
          "--runs",
          "1",
          "--fail",
          "0%",
          "--vanish",
          "0%",
          ...more,
        ]);
        return json() as { seconds: { p50: number }; assumed: { history: { rollouts: number } } };
      };
      const recorded = await ask();
      expect(recorded.seconds.p50).to.equal(6 * 600 + 600);
      expect(recorded.assumed.history.rollouts).to.equal(1);
      expect((await ask("--from-history", "none")).seconds.p50).to.be.lessThan(300);
      expect((await ask("--seconds", "5")).seconds.p50).to.be.lessThan(60);
    }));

  it("halts where everything fails, and waits for ever for what nobody approves", () =>
    withFolder(async (folder) => {
      const waves = [
        aWave({ name: "canary", canary: true, size: { count: 1 } }),
        aWave({ name: "rest", size: "rest", approval: { count: 1, signed: false } }),
      ];
      const fleet = writeFleet(folder, aFleet({ sites: sites(3), rollouts: [aRollout({ waves })] }));
      const ask = async (...more: string[]) =>
        (await command(["simulate", "--fleet", fleet, "--out", path.join(folder, "out"), "--runs", "5", ...more])).out;
      const failing = await ask("--fail", "100%");
      expect(failing).to.match(/^ {2}halted +100 % +5$/m);
      expect(failing).to.match(/^ {2}canary +100 % +5 +sites failed; the rollout's budget allows 0$/m);
      const waiting = await ask("--approval", "never", "--fail", "0%", "--vanish", "0%");
      expect(waiting).to.contain("nobody approves a wave: --approval never");
      expect(waiting).to.contain("100 % (5 runs): wave rest waits for approval: 0 of 1");
    }));

  const half = [
    startOf(aPlan({ waves: [aPlannedWave({ sites: ["vigo", "bergen", "porto-santo"] })] })),
    waveStarted,
    started("vigo"),
    succeeded("vigo", 60),
    started("bergen"),
  ];
  const at = Date.UTC(2026, 10, 26, 20);
  const fromLedger = (out: string, ...more: string[]) =>
    command(["simulate", "--from-ledger", "--out", out, "--runs", "3", "--fail", "0%", "--vanish", "0%", ...more]);

  it("goes on from where a run is: what is done stays done, what is in flight ends", () =>
    withFolder(async (out) => {
      await writeRuns(out, [{ run: "r", at, events: half }]);
      const { code, out: text } = await fromLedger(out, "--start", "2026-11-26T21:00Z");
      expect(code).to.equal(0);
      expect(text).to.contain("by rollout autumn, on from run r: 1 of 3 sites done, 2 waiting");
      expect(text).to.contain("from 2026-11-26T21:00Z");
      expect(text).to.match(/^ {2}reached +3 +3 +3$/m);
      // Two at once, each like the one that is recorded.
      expect(text).to.match(/^ {2}half +60\.0 s +2026-11-26T21:01Z$/m);
      const { json } = await fromLedger(out, "--json", "--start", "2026-11-26T21:00Z");
      expect(json()).to.deep.include({ run: "r", startsAt: "2026-11-26T21:00:00.000Z", results: { succeeded: 3 } });
    }));

  it("stays paused where somebody has paused it, and says so", () =>
    withFolder(async (out) => {
      await writeRuns(out, [{ run: "r", at, events: [...half, { type: "paused", by: "ana", reason: "storm" }] }]);
      const { out: text } = await fromLedger(out);
      expect(text).to.contain("100 % (3 runs): the rollout was paused by ana: storm");
    }));

  it("goes on from a run that was interrupted", () =>
    withFolder(async (out) => {
      const stop = [...half.slice(0, -1), { type: "interrupted" as const, left: 2 }];
      await writeRuns(out, [{ run: "r", at, events: stop }]);
      expect((await fromLedger(out)).out).to.match(/^ {2}succeeded +100 % +3$/m);
    }));

  it("refuses to go on from a run that has ended, from none, and from before its last event", () =>
    withFolder(async (out) => {
      const nothing = await fromLedger(out);
      expect(nothing.code).to.equal(2);
      expect(nothing.err).to.contain("EDGE-CLI-030");
      await writeRuns(out, [{ run: "r", at, events: half }]);
      const before = await fromLedger(out, "--start", "2026-11-26T19:00Z");
      expect(before.code).to.equal(2);
      expect(before.err).to.contain("EDGE-CLI-061").and.contain("before the run's last event");
      const end = { type: "rollout-finished" as const, result: "aborted" as const };
      await writeRuns(out, [{ run: "s", at, events: [...half.slice(0, 1), end] }]);
      const ended = await fromLedger(out);
      expect(ended.code).to.equal(2);
      expect(ended.err).to.contain("EDGE-CLI-068").and.contain("has ended as aborted");
    }));

  const wrong: [string[], string][] = [
    [["--fail", "2"], "EDGE-CLI-060"],
    [["--vanish", "101%"], "EDGE-CLI-060"],
    [["--seconds", "-1"], "EDGE-CLI-060"],
    [["--start", "2026-11-26T20:00"], "EDGE-CLI-061"],
    [["--start", "2026-02-40T20:00Z"], "EDGE-CLI-061"],
    [["--runs", "0"], "EDGE-CLI-003"],
    [["--approval", "soon"], "EDGE-CLI-003"],
  ];
  for (const [argv, code] of wrong) {
    it(`refuses ${argv.join(" ")}`, async () => {
      const answer = await command(["simulate", ...argv]);
      expect(answer.code).to.equal(2);
      expect(answer.err).to.contain(code);
    });
  }
});

describe("edgewave plan", () => {
  it("predicts when each wave starts and ends, and says where that is from", () =>
    withFolder(async (out) => {
      const assumed = await command(["plan", "--out", out]);
      expect(assumed.out).to.match(/wave 1: canary .*\n {2}predicted: starts at once, ends after 30.0 s/);
      expect(assumed.out).to.contain("no run of a site is recorded, so 30 s each are assumed");
      await withRecord(out, 60);
      const { json } = await command(["plan", "--json", "--out", out]);
      const { forecast } = json() as {
        forecast: { startsAt: string; endsAt: string; recordedRuns: number; waves: { wave: string; endsAt: string }[] };
      };
      const after = (time = "") => (Date.parse(time) - Date.parse(forecast.startsAt)) / 1000;
      expect(forecast.recordedRuns).to.equal(1);
      expect(forecast.waves.map(({ endsAt }) => after(endsAt))).to.deep.equal([60, 180, 420]);
      expect(after(forecast.endsAt)).to.equal(420);
    }));

  it("tells all that holds a wave, and counts sites instead of listing them where there are many", () =>
    withFolder(async (folder) => {
      const never = {
        windows: [],
        exceptions: [{ from: "2000-01-01", to: "2999-12-31", open: false, reason: "sold", timeZone: undefined }],
      };
      const waves = [
        aWave({
          name: "first",
          size: { count: 5 },
          approval: { count: 2, signed: true },
          quorum: { count: 3 },
          representation: ["region"],
          deadlineSeconds: 7200,
          soakSeconds: 600,
          maintenance: never,
        }),
        aWave({ name: "rest", size: "rest" }),
      ];
      const rollout = aRollout({
        waves,
        deadlineSeconds: 86_400,
        onFailure: "rollback",
        preStage: true,
        failureDomain: { label: "country", maxConcurrency: 2, maxFailures: { count: 1 }, maxDeferred: undefined },
        retry: { limit: 2, backoffSeconds: 30, factor: 2, maxBackoffSeconds: 600, jitterPercent: 20 },
      });
      const many = sites(60, (index) => ({ region: index % 3 === 0 ? "north" : "south" }));
      const fleet = writeFleet(folder, aFleet({ sites: many, releases: [aRelease()], rollouts: [rollout] }));
      const ask = async (...more: string[]) =>
        (await command(["plan", "--fleet", fleet, "--out", path.join(folder, "out"), ...more])).out;
      const text = await ask();
      for (const part of [
        "approval: waits for 2 signed approvals",
        "quorum: 3 of 5 sites have to be reached",
        "representation: each region has to be reached",
        "deadline: 2 h after its start",
        "then 10 m of soak",
        "windows: frozen from 2000-01-01 to 2999-12-31 (the site's time): sold",
        "closed now: 5 of 5 sites; 5 sites will not be open within 400 days",
        "Deadline: nothing more is started 1 d after the start.",
        "A failed run is repeated 2 times, after 30 s",
        "Failure domains by country, 2 at once in each: pt 60, 1 may fail.",
        "go back to the release that each had",
        "proven present at its bastion",
        "even if all goes as usual: the deadline of wave first passed with 5 sites left",
      ]) {
        expect(text).to.contain(part);
      }
      expect(text).to.match(/^ {2}regions: south \d+, north \d+$/m);
      expect(text).not.to.contain("site-17");
      expect(await ask("--sites")).to.contain("site-17");
    }));

  it("knows what has to come over the sites' links, with and without preStage", () =>
    withFolder(async (folder) => {
      const digest = `sha256:${"1".repeat(64)}`;
      const whole = aLock();
      const digests = Object.fromEntries(
        Object.entries(whole.digests).map(([repository, image], index) => [
          repository,
          index === 0 ? { ...image, amd64: digest, bytes: { amd64: 300 * 1024 ** 2, arm64: 1 } } : image,
        ]),
      );
      const release = aRelease({ lock: { ...whole, digests } });
      const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A".repeat(43)];
      const far = sites(3, (index) => ({
        target: "field",
        bastion: { hostKeys },
        link: { bandwidthMbit: index === 1 ? 2 : 100 },
      })).map((site) => ({ ...site, nodes: site.nodes.map((node) => ({ ...node, hostKeys })) }));
      const ask = async (preStage: boolean) => {
        const waves = [aWave({ name: "all", size: "rest" })];
        const rollout = aRollout({ waves, preStage, maxConcurrency: 3, release: release.name });
        const fleet = writeFleet(folder, aFleet({ sites: far, releases: [release], rollouts: [rollout] }));
        const args = ["--fleet", fleet, "--out", path.join(folder, "out")];
        const text = (await command(["plan", ...args])).out;
        const { forecast } = (await command(["plan", "--json", ...args])).json() as {
          forecast: { startsAt: string; endsAt: string; transfers: Record<string, { bytes: number; seconds: number }> };
        };
        const simulated = (await command(["simulate", "--runs", "20", ...args])).out;
        return { text, simulated, ...forecast };
      };
      const seconds = (300 * 1024 ** 2 * 8) / 2_000_000;
      const after = ({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }) =>
        (Date.parse(endsAt) - Date.parse(startsAt)) / 1000;

      const within = await ask(false);
      expect(within.text).to.contain(
        `Content for 3 sites comes over their links: at most 20 m 58 s for the 300 MiB of ${far[1]?.name} at 2 Mbit/s.`,
      );
      expect(within.transfers[far[1]?.name ?? ""]).to.deep.equal({ bytes: 300 * 1024 ** 2, seconds });
      expect(after(within)).to.be.closeTo(seconds, 1);
      expect(within.simulated).to.contain("content comes over the links of 3 sites in its run, which takes no less");
      const ahead = await ask(true);
      expect(after(ahead)).to.be.closeTo(seconds + 30, 1);
      expect(ahead.simulated).to.contain("content comes over the links of 3 sites from the start");
    }));
});
