import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RemoteFailed, type RemoteState, remoteStates } from "../../../gitops/git/remoteFailure";
import { pruneIfMany } from "../../../gitops/git/prune";
import { Hope, readReports } from "../../../gitops/hub/readReports";
import { HubFolder } from "../../probes/siteReport/hubFolder";
import { aReport } from "../../probes/siteReport/samples";
import { newFolder, removeFolders } from "../folders";

const sites = Array.from({ length: 12 }, (_, at) => `site-${at}`);

describe("reading reports from a hub", function () {
  this.timeout(60_000);
  afterEach(removeFolders);

  function world() {
    const hub = new HubFolder(newFolder());
    const here = new HubFolder(newFolder());
    const request = {
      hub: { url: path.join(hub.root, "git"), loginFile: path.join(hub.root, "login"), maxConcurrency: 4 },
      directory: path.join(here.root, "git"),
      sites,
    };
    writeFileSync(request.hub.loginFile, "a:b\n");
    return { hub, here, request };
  }
  const head = (folder: HubFolder, site: string) =>
    folder.git(folder.repository("site", site), ["rev-parse", "status"]);

  it("brings every site's, and says so of those that have none", async () => {
    const { hub, here, request } = world();
    for (const site of sites.slice(1)) hub.report(aReport({}, { site }));
    hub.repository("site", "site-0");
    const { answered, failures, gaveUp } = await readReports(request);
    expect([...answered].sort()).to.deep.equal([...sites].sort());
    expect(failures.size).to.equal(0);
    expect(gaveUp).to.equal(undefined);
    for (const site of sites.slice(1)) expect(head(here, site)).to.equal(head(hub, site));
  });

  it("keeps the last one of a site that the hub no longer has, beside the others", async () => {
    const { hub, here, request } = world();
    for (const site of sites) hub.report(aReport({}, { site }));
    await readReports(request);
    const before = head(here, "site-3");
    const gone = { ...request, hub: { ...request.hub, url: path.join(hub.root, "nowhere") } };
    const { answered, failures, gaveUp } = await readReports(gone);
    expect(answered.size).to.equal(0);
    expect([...failures.values()].map(({ state }) => state)).to.deep.equal(sites.map(() => "missing"));
    // A repository that is missing says nothing of the next one.
    expect(gaveUp).to.equal(undefined);
    expect(head(here, "site-3")).to.equal(before);
  });

  it("does not let a site fill the disk, and reads the others", async () => {
    const { hub, here, request } = world();
    for (const site of sites) hub.report(aReport({}, { site }));
    const large = randomBytes(4 * 1024 * 1024).toString("hex");
    hub.commit(hub.repository("site", "site-1"), "status", { "status.json": large });
    const { answered, failures } = await readReports(request);
    expect([...failures.keys()]).to.deep.equal(["site-1"]);
    expect(answered.size).to.equal(sites.length - 1);
    const packs = path.join(here.repository("site", "site-1"), "objects/pack");
    for (const file of readdirSync(packs)) utimesSync(path.join(packs, file), new Date(0), new Date(0));
    await readReports(request);
    const kept = execFileSync("du", ["-sk", path.join(here.repository("site", "site-1"), "objects")], {
      encoding: "utf8",
    });
    expect(Number.parseInt(kept, 10)).to.be.below(6 * 1024);
  });

  it("lets two commands read the same sites at once", async () => {
    const { hub, here, request } = world();
    for (const site of sites) hub.report(aReport({}, { site }));
    const both = await Promise.all([readReports(request), readReports(request)]);
    for (const { failures } of both) expect([...failures.values()].map(String)).to.deep.equal([]);
    for (const site of sites) expect(head(here, site)).to.equal(head(hub, site));
  });

  it("goes on where a kill left a lock behind, once that is old", async () => {
    const { hub, here, request } = world();
    hub.report(aReport({}, { site: "site-0" }));
    await readReports({ ...request, sites: ["site-0"] });
    hub.report(aReport({}, { site: "site-0", intervalSeconds: 601 }));
    for (const name of ["shallow.lock", "refs/heads/status.lock"]) {
      const lock = path.join(here.repository("site", "site-0"), name);
      writeFileSync(lock, "");
      utimesSync(lock, new Date(0), new Date(0));
    }
    const { failures } = await readReports({ ...request, sites: ["site-0"] });
    expect([...failures.values()].map(String)).to.deep.equal([]);
    expect(head(here, "site-0")).to.equal(head(hub, "site-0"));
  });

  it("stops with the reason of whoever interrupts it", async () => {
    const { request } = world();
    const stop = AbortSignal.abort(new Error("enough"));
    const error = await readReports({ ...request, signal: stop }).catch((thrown: unknown) => thrown);
    expect(String(error)).to.equal("Error: enough");
  });

  it("does not let the reports of the past fill the disk", async () => {
    const folder = new HubFolder(newFolder());
    const repository = folder.repository("site", "porto");
    const old = new Date(Date.now() - 2 * 3_600_000);
    const objects = () => readdirSync(path.join(repository, "objects")).filter((name) => /^..$/.test(name));
    const file = (id: string) => path.join(repository, "objects", id.slice(0, 2), id.slice(2));
    const kept = folder.commit(repository, "status", { a: "kept" });
    utimesSync(file(kept), old, old);
    const lost = folder.git(repository, ["hash-object", "-w", "--stdin"], "lost");
    utimesSync(file(lost), old, old);
    await pruneIfMany(repository);
    expect(existsSync(file(lost)), "a few are no matter").to.equal(true);
    for (let at = 0; objects().length < 256 || readdirSync(path.join(repository, "objects/17")).length < 4; at += 1) {
      folder.git(repository, ["hash-object", "-w", "--stdin-paths"], chunk(folder.root, at));
    }
    await pruneIfMany(repository);
    expect(existsSync(file(lost))).to.equal(false);
    expect(folder.git(repository, ["cat-file", "-t", kept])).to.equal("commit");
    // Young ones stay, because another Git may be about to name them.
    expect(readdirSync(path.join(repository, "objects/17")).length).to.be.greaterThan(3);
  });

  function chunk(root: string, at: number): string {
    const names = Array.from({ length: 200 }, (_, index) => path.join(root, `blob-${at}-${index}`));
    for (const name of names) writeFileSync(name, name);
    return names.map((name) => `${name}\n`).join("");
  }
});

describe("hope for a hub", () => {
  const failed = (state: RemoteState) => new RemoteFailed(state, "https://hub", "x");
  for (const [what, happened, lost] of [
    ["is there at first", [], false],
    ["outlives two lost connections", ["unreachable", "unreachable"], false],
    ["is lost with the third in a row", ["unreachable", "unreachable", "unreachable"], true],
    ["comes back with an answer", ["unreachable", "unreachable", "answer", "unreachable"], false],
    ["is lost where nobody is trusted or let in", ["distrusted", "denied", "distrusted"], true],
    ["does not depend on what one repository lacks", ["missing", "missing", "missing", "broken"], false],
    ["begins anew after a repository that is missing", ["denied", "denied", "missing", "denied"], false],
  ] as const) {
    it(what, () => {
      const hope = new Hope();
      for (const event of happened)
        if (event === "answer") hope.answered();
        else hope.failed(failed(event));
      expect(hope.isLost).to.equal(lost);
    });
  }

  it("is kept by what it was lost by", () => {
    const hope = new Hope();
    const [first, ...more] = ["denied", "denied", "denied", "unreachable"].map((state) => failed(state as RemoteState));
    for (const failure of [first!, ...more]) hope.failed(failure);
    expect(hope.lost?.state).to.equal("denied");
    expect(Object.keys(remoteStates)).to.include("denied");
  });
});
