import { expect } from "chai";
import { readFleet } from "../../fleet/read";
import type { SiteReport } from "../../probes/siteReport/form";
import { HubFolder } from "../probes/siteReport/hubFolder";
import { aKustomization, aNode, aReport, aTable, hour, minute, oldCommit, samples } from "../probes/siteReport/samples";
import { aPlan, aPlannedWave, startOf, started, waveStarted } from "../rollout/support/plan";
import { withFolder } from "../support/edgewave";
import { harbours } from "../support/rollout";
import { command, succeeded, writeRuns } from "./record";

const plan = aPlan({ waves: [aPlannedWave({ sites: ["vigo"] })], maxFailures: 0 });

describe("edgewave status, with what sites report", function () {
  this.timeout(60_000);

  /** A run on the example fleet, and what one of its sites reports. */
  async function reported(out: string, site: string, parts: Partial<SiteReport["parts"]> = {}, ageMs = 5 * minute) {
    const { fleet } = await readFleet(harbours);
    const nodes = fleet!.sites.find(({ name }) => name === site)!.nodes.map(({ name }) => aNode(name));
    const hub = new HubFolder(out);
    const commit = hub.commit(hub.repository("deploy", site), "deploy", { release: site });
    const at = Date.now() - ageMs;
    const own = {
      kubernetes: { text: '{"gitVersion": "v1.35.4"}' },
      nodes: aTable(...nodes),
      kustomizations: aTable(aKustomization(commit)),
      ...parts,
    };
    hub.report(aReport(own, { site, at, contact: { at, hub: at } }));
    return commit;
  }
  const status = (out: string, ...more: string[]) => command(["status", "--out", out, ...more]);

  it("says nothing of reports where no site can report", () =>
    withFolder(async (out) => {
      await writeRuns(out, [{ run: "r", at: Date.now(), events: [startOf(plan), waveStarted] }]);
      expect((await status(out)).out).not.to.include("by their own reports");
      expect((await status(out, "--json")).json()["reports"]).to.equal(null);
    }));

  it("counts the states of the fleet and tells the worst sites, with the age of their reports and the reason", () =>
    withFolder(async (out) => {
      const events = [startOf(plan), waveStarted, started("vigo"), succeeded("vigo", 2)];
      await writeRuns(out, [{ run: "r", at: Date.now() - 9 * hour, events }]);
      await reported(out, "vigo");
      await reported(out, "a-coruna", {
        kustomizations: aTable(aKustomization(oldCommit)),
        bufferFill: samples(0.91),
      });
      await reported(out, "bergen", {}, 5 * hour);

      const { code, out: text } = await status(out);
      expect(code).to.equal(0);
      expect(text).to.include("by their own reports: 1 converged, 1 drifted, 1 stale, 21 silent");
      expect(text).to.match(
        /^drifted a-coruna \(reported [-0-9T:]+Z, 5 min ago\): its Gitea has c0ffee0000 on deploy, not/m,
      );
      expect(text).to.match(/and 15 more; --sites lists all/);
      expect(text).to.include("look at a-coruna: its buffer is 91% full");
      expect(text).to.match(/^bergen +stale +5 h +no report since .*; then it was converged/m);
      expect(text).to.match(/^vigo +converged +5 min +1 objects of Flux are ready/m);

      const { reports } = (await status(out, "--json")).json() as { reports: readonly Record<string, unknown>[] };
      expect(reports).to.have.length(24);
      expect(reports.find(({ site }) => site === "vigo")).to.deep.include({ state: "converged", warnings: [] });
      const { facts } = reports.find(({ site }) => site === "vigo") as { facts: Record<string, unknown> };
      expect(facts).to.deep.include({ bufferedMessages: 0, certificates: {} });
      expect(facts["versions"]).to.deep.equal({ kubernetes: "v1.35.4", gitea: null, charts: {} });
      const silent = reports.find(({ state }) => state === "silent");
      expect(silent).to.deep.include({
        reason: "it has never reported",
        since: null,
        reportedAt: null,
        ageSeconds: null,
      });
    }));
});
