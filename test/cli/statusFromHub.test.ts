import { expect } from "chai";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { CredentialStore } from "../../gitops/hub/credentialStore";
import { HubFolder, siteKey } from "../probes/siteReport/hubFolder";
import { aKustomization, aNode, aReport, aTable, hour, minute } from "../probes/siteReport/samples";
import { aPlan, aPlannedWave, startOf, waveStarted } from "../rollout/support/plan";
import { TestAuthority } from "../support/certificates";
import { withFolder } from "../support/edgewave";
import { gitBackend } from "../support/gitServer";
import { writeSmallFleet } from "../support/smallFleet";
import { command, writeRuns } from "./record";

const login = { username: "edgewave-publisher", password: "f".repeat(40) };
const rollout = "release: 2026.11.0\nmaxConcurrency: 1\nwaves: [{ name: all, size: rest }]\n";
const plan = aPlan({ waves: [aPlannedWave({ sites: ["vigo"] })], maxFailures: 0 });

describe("edgewave status of a fleet that publishes to a hub", function () {
  this.timeout(60_000);
  const authority = new TestAuthority();

  /** A hub with Git's own server over TLS, a driver's machine, and two sites. */
  async function withHub(use: (parts: Parts) => Promise<void>): Promise<void> {
    await withFolder(async (root) => {
      const hub = new HubFolder(path.join(root, "hub"));
      for (const site of ["vigo", "valletta"]) hub.repository("site", site);
      const backend = gitBackend(path.join(root, "hub/git"), login);
      let asked = 0;
      const server = createServer(authority.issue(), (request, response) => {
        asked += 1;
        backend(request, response);
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      const fleet = path.join(root, "fleet");
      const out = path.join(root, "out");
      writeSmallFleet(fleet, ["vigo", "valletta"], { autumn: rollout });
      trust(fleet, authority, `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const here = new HubFolder(out);
      here.knowKey("vigo");
      here.knowKey("valletta");
      await new CredentialStore(path.join(out, "hub")).put("publisher", {
        username: login.username,
        token: login.password,
      });
      await writeRuns(out, [{ run: "r", at: Date.now() - 9 * hour, events: [startOf(plan), waveStarted] }]);
      const status = (...more: string[]) => command(["status", "--fleet", fleet, "--out", out, ...more]);
      try {
        await use({ hub, here, server, fleet, out, status, asked: () => asked });
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }
  interface Parts {
    readonly hub: HubFolder;
    readonly here: HubFolder;
    readonly server: Server;
    readonly fleet: string;
    readonly out: string;
    readonly status: (...more: string[]) => ReturnType<typeof command>;
    readonly asked: () => number;
  }

  function trust(fleet: string, { cert }: TestAuthority, url?: string): void {
    const file = path.join(fleet, "fleet.yaml");
    const text = readFileSync(file, "utf8").replace(/ {4}gitAuthority: \|\n( {6}.*\n)+/, "");
    const known = url ?? /gitUrl: (.*)/.exec(text)?.[1] ?? "";
    const pem = cert.trimEnd().replace(/^/gm, "      ");
    const published = text.includes("publish:") ? "" : "\n  publish: { to: hub, maxConcurrency: 2 }";
    writeFileSync(
      file,
      text
        .replace(/gitUrl: .*/, `gitUrl: ${known}\n    gitAuthority: |\n${pem}`)
        .replace("\n  defaults:", `${published}\n  defaults:`),
    );
  }

  /** What a site reports that runs a commit. */
  function aReportOf(site: string, commit: string, ageMs: number) {
    const at = Date.now() - ageMs;
    const parts = { nodes: aTable(aNode(`${site}-1`)), kustomizations: aTable(aKustomization(commit)) };
    return aReport(parts, { site, at, contact: { at, hub: at } });
  }
  const promoted = ({ here }: Parts): string =>
    here.commit(here.repository("deploy", "vigo"), "deploy", { release: "vigo" });
  type Told = { hub: Record<string, unknown> | null; reports: readonly Record<string, unknown>[] };
  const reportOf = (told: Told, site: string) => told.reports.find((report) => report["site"] === site) ?? {};

  it("reads the newest reports from there by itself, and of each site nothing else", () =>
    withHub(async (parts) => {
      const { hub, here, out, status } = parts;
      const commit = promoted(parts);
      hub.report(aReportOf("vigo", commit, 40 * minute));
      const older = hub.git(hub.repository("site", "vigo"), ["rev-parse", "status"]);
      // A site that pushes a history all the same.
      hub.report(aReportOf("vigo", commit, 5 * minute));
      const newest = hub.git(hub.repository("site", "vigo"), ["rev-parse", "status"]);
      const tree = `${newest}^{tree}`;
      const onTop = hub.git(hub.repository("site", "vigo"), ["commit-tree", "-m", "x", "-p", older, tree]);
      hub.git(hub.repository("site", "vigo"), ["update-ref", "refs/heads/status", onTop]);
      hub.commit(hub.repository("site", "vigo"), "main", { large: "of no matter here" });

      const { code, out: text } = await status();
      expect(code).to.equal(0);
      expect(text).to.match(/by their own reports: 1 converged, 1 silent/);
      expect(text).to.match(/^read from https:\/\/127\.0\.0\.1:\d+ now$/m);
      expect(text).to.match(/^silent valletta: it has never reported$/m);
      const kept = here.repository("site", "vigo");
      expect(here.git(kept, ["for-each-ref", "--format=%(refname) %(objectname)"])).to.equal(
        `refs/heads/status ${onTop}`,
      );
      expect(here.git(kept, ["rev-list", "--count", "status"])).to.equal("1");

      hub.report(aReportOf("vigo", commit, minute));
      const told = (await status("--json")).json() as unknown as Told;
      expect(told.hub).to.deep.include({ asked: true, failure: null, failures: [] });
      expect(reportOf(told, "vigo")).to.deep.include({ state: "converged" });
      expect(reportOf(told, "vigo")["ageSeconds"]).to.be.within(55, 300);
      expect(readFileSync(path.join(out, "hub/reports-read-at"), "utf8")).to.match(/^20[-0-9T:.]+Z\n$/);
    }));

  it("tells what it read last, and how old that is, while the hub cannot be reached", () =>
    withHub(async (parts) => {
      const { hub, out, server, status } = parts;
      hub.report(aReportOf("vigo", promoted(parts), 5 * minute));
      await status();
      writeFileSync(path.join(out, "hub/reports-read-at"), `${new Date(Date.now() - 3 * hour).toISOString()}\n`);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));

      const { code, out: text } = await status();
      expect(code).to.equal(0);
      expect(text).to.include("by their own reports: 1 converged, 1 silent");
      expect(text).to.match(/EDGE-GIT-003: https:\/\/127\.0\.0\.1:\d+\/site\/v\w+\.git cannot be reached/);
      expect(text).to.include("What is told of the sites was read from it 3 h ago. See to the link and the server");
      const told = (await status("--json")).json() as unknown as Told;
      expect(told.hub).to.have.nested.property("failure.code", "EDGE-GIT-003");
      expect(reportOf(told, "vigo")).to.deep.include({ state: "converged" });
    }));

  it("does not say of a site that it never reported, if nobody could ask", () =>
    withHub(async ({ hub, server, status }) => {
      hub.report(aReportOf("vigo", "c".repeat(40), 5 * minute));
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      const { out: text } = await status();
      expect(text).not.to.include("never reported");
      expect(text).to.match(/^silent vigo: nothing that it may have reported was ever read from the hub here$/m);
      expect(text).to.include("What is told of the sites was never read from it here.");
    }));

  it("takes nothing from a hub whose certificate it was not told to trust", () =>
    withHub(async ({ hub, fleet, status }) => {
      hub.report(aReportOf("vigo", "c".repeat(40), 5 * minute));
      trust(fleet, new TestAuthority());
      const { code, out: text } = await status();
      expect(code).to.equal(0);
      expect(text).to.include("EDGE-GIT-004").and.to.include("is not trusted");
      expect(text).to.include("by their own reports: 2 silent");
    }));

  it("names the sites that the hub does not answer for, and takes the others", () =>
    withHub(async (parts) => {
      const { hub, status } = parts;
      hub.report(aReportOf("vigo", promoted(parts), 5 * minute));
      rmSync(hub.repository("site", "valletta"), { recursive: true });
      const { out: text } = await status();
      expect(text).to.include("1 converged, 1 silent");
      expect(text).to.match(/https:\/\/127\.0\.0\.1:\d+ did not answer for 1;/);
      expect(text).to.match(/^valletta: EDGE-GIT-006: /m);
    }));

  it("asks nobody if it is told not to", () =>
    withHub(async (parts) => {
      const { hub, status, asked } = parts;
      hub.report(aReportOf("vigo", promoted(parts), 5 * minute));
      await status();
      const before = asked();
      expect(before).to.be.greaterThan(0);
      const { out: text } = await status("--offline");
      expect(text).to.match(/was not asked; what is told of the sites was read from it 0 min ago/);
      expect(text).to.include("1 converged, 1 silent");
      expect(asked()).to.equal(before);
    }));

  it("tells the rest where there is no token, or a wrong one, and puts no token where others see it", () =>
    withHub(async ({ out, status }) => {
      const store = new CredentialStore(path.join(out, "hub"));
      await store.put("publisher", { username: login.username, token: "0".repeat(40) });
      const wrong = await status();
      expect(wrong.code).to.equal(0);
      expect(wrong.out).to.include("EDGE-GIT-005").and.not.to.include("0".repeat(40));
      rmSync(store.file("publisher"));
      const none = await status("--json");
      expect(none.code).to.equal(0);
      const told = none.json() as unknown as Told & { rollout: string };
      expect(told.rollout).to.equal("autumn");
      expect(told.hub).to.deep.include({ asked: false, readAt: null });
      expect(told.hub).to.have.nested.property("failure.code", "EDGE-HUB-005");
    }));

  it("takes no report that another key has signed, wherever it came from", () =>
    withHub(async (parts) => {
      const { hub, here, status } = parts;
      hub.report(aReportOf("vigo", promoted(parts), 5 * minute));
      const signers = path.join(here.root, "sites/vigo/report/allowed_signers");
      const other = siteKey.publicKey.replace(/AAAA\S+/, (key) => `${key.slice(0, -6)}AAAAAA`);
      writeFileSync(signers, `vigo namespaces="edgewave-report" ${other}\n`);
      const { out: text } = await status();
      expect(text).to.match(/^silent vigo: its report does not count/m);
    }));
});
