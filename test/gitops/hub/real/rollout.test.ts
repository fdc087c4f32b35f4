import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { importCommits } from "../../../../gitops/git/importCommits";
import { pushRefs } from "../../../../gitops/git/remote";
import { openRepository } from "../../../../gitops/git/repository";
import { git } from "../../../../gitops/git/run";
import { edgewave } from "../../../support/edgewave";
import { administrator, lacksGitea } from "../../../support/gitea/server";
import { LinkOfTests } from "../../../support/link";
import { writeSmallFleet } from "../../../support/smallFleet";
import { newFolder, removeFolders } from "../../folders";
import { HubOfTests } from "./hubOfTests";

const sites = ["vigo", "valletta"];
const rollout = (release: string) =>
  `release: ${release}\nmaxConcurrency: 2\nmaxFailures: 2\nretry: { limit: 0 }\nwaves: [{ name: all, size: rest }]\n`;

describe("a rollout that publishes to a hub", function () {
  this.timeout(300_000);
  let hub: HubOfTests;
  let link: LinkOfTests;
  let folder: string;
  before(async function () {
    const lacking = lacksGitea();
    if (lacking !== undefined) {
      console.log(`      skipped: ${lacking}`);
      return this.skip();
    }
    hub = await HubOfTests.start([]);
    link = await LinkOfTests.to("127.0.0.1", Number(new URL(hub.gitea.url).port));
    folder = newFolder();
    const spec = { one: rollout("2026.11.0"), two: rollout("2026.12.0") };
    writeSmallFleet(folder, sites, spec, ["2026.12.0"]);
    const file = path.join(folder, "fleet.yaml");
    const authority = hub.authority.cert.trimEnd().replace(/^/gm, "      ");
    const text = readFileSync(file, "utf8")
      .replace(/gitUrl: .*/, `gitUrl: https://127.0.0.1:${link.port}\n    gitAuthority: |\n${authority}`)
      .replace("\n  defaults:", "\n  publish: { to: hub, maxConcurrency: 2 }\n  defaults:");
    writeFileSync(file, text);
    writeFileSync(path.join(folder, "admin"), `${administrator.username}:${administrator.password}\n`, { mode: 0o600 });
  });
  after(async () => {
    await link?.close();
    await hub?.stop();
    removeFolders();
  });

  const run = (...args: string[]) =>
    edgewave([...args, "--fleet", folder, "--out", path.join(folder, "out"), "--json"], {
      EDGEWAVE_HUB_ADMIN_FILE: path.join(folder, "admin"),
    });
  const deploy = (site: string) =>
    git(path.join(hub.gitea.folder, "git", "deploy", `${site}.git`), [
      "-c",
      "safe.directory=*",
      "log",
      "-1",
      "--format=%(trailers:key=Release,valueonly)",
      "deploy",
    ]);
  const outcomes = (json: string) =>
    (JSON.parse(json) as { sites: { site: string; outcome: string }[] }).sites.map(({ outcome }) => outcome);

  it("is refused before anything is touched while the hub knows it not", async () => {
    const { code, stdout } = await run("rollout", "start", "--rollout", "one");
    expect(code, stdout).to.equal(2);
    expect(JSON.parse(stdout)).to.have.nested.property("error.code", "EDGE-HUB-005");
  });

  it("takes its sites to the release there, and a second time nothing is to do", async () => {
    expect((await run("hub", "setup")).code).to.equal(0);
    const first = await run("rollout", "start", "--rollout", "one");
    expect(first.code, first.stderr).to.equal(0);
    for (const site of sites) expect((await deploy(site)).trim()).to.equal("2026.11.0");
    const again = await run("rollout", "start", "--rollout", "one");
    expect(outcomes(again.stdout)).to.deep.equal(["unchanged", "unchanged"]);
  });

  it("fails with a code and moves no site while the hub cannot be reached, and the same command goes on", async () => {
    link.cut();
    const dark = await run("rollout", "start", "--rollout", "two");
    expect(dark.code).to.equal(1);
    expect(dark.stderr + dark.stdout).to.include("EDGE-GIT-003");
    for (const site of sites) expect((await deploy(site)).trim()).to.equal("2026.11.0");
    link.restore();
    const back = await run("rollout", "start", "--rollout", "two");
    expect(back.code, back.stderr).to.equal(0);
    for (const site of sites) expect((await deploy(site)).trim()).to.equal("2026.12.0");
  });

  it("goes back there, too", async () => {
    const back = await run("rollout", "rollback", "--rollout", "two", "--yes");
    expect(back.code, back.stderr).to.equal(0);
    for (const site of sites) expect((await deploy(site)).trim()).to.equal("2026.11.0");
  });

  it("is told of by what sites report there, and by what they reported last while nobody can ask", async () => {
    type Told = {
      readonly hub: { readonly asked: boolean; readonly failure: { readonly code: string } | null };
      readonly reports: readonly { readonly site: string; readonly state: string; readonly reason: string }[];
    };
    const status = async (): Promise<Told> => {
      const { code, stdout, stderr } = await run("status");
      expect(code, stderr).to.equal(0);
      return JSON.parse(stdout) as Told;
    };
    const first = await status();
    expect(first.hub).to.deep.include({ asked: true, failure: null, failures: [] });
    for (const { state, reason } of first.reports)
      expect([state, reason]).to.deep.equal(["silent", "it has never reported"]);

    // What a site pushes that does not sign.
    const work = path.join(folder, "work.git");
    await openRepository(work, "status");
    const draft = { parent: undefined, date: 0, message: "x", files: [["status.json", "{}\n"]] } as const;
    const [to = ""] = await importCommits(work, [draft]);
    const remote = {
      ...hub.git,
      url: `${hub.gitea.url}/site/vigo.git`,
      loginFile: path.join(folder, "out/hub/sites/vigo.write"),
    };
    await pushRefs(work, remote, [{ ref: "refs/heads/status", from: undefined, to }]);
    const vigo = ({ reports }: Told) => reports.find(({ site }) => site === "vigo")?.reason;
    expect(vigo(await status())).to.equal("its report does not count: it is not signed");

    link.cut();
    try {
      const dark = await status();
      expect(dark.hub.failure?.code).to.equal("EDGE-GIT-003");
      expect(vigo(dark)).to.equal("its report does not count: it is not signed");
    } finally {
      link.restore();
    }
  });

  it("leaves no token in anything that it printed, recorded or logged", async () => {
    const token = (readFileSync(path.join(folder, "out/hub/publisher"), "utf8").split(":")[1] ?? "none").trim();
    expect(token).to.match(/^[0-9a-f]{40}$/);
    const out = path.join(folder, "out");
    rmSync(path.join(out, "hub"), { recursive: true });
    const found = execFileSync("sh", ["-c", `grep -rlF "${token}" "${out}" || true`], { encoding: "utf8" });
    expect(found).to.equal("");
  });
});
