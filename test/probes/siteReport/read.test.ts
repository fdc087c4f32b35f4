import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { reportSigner, siteReport } from "../../../components/reporter/address";
import { readSiteReport, reportPlace } from "../../../probes/siteReport/read";
import { judgeSites, promotedCommit } from "../../../probes/siteReport/siteStates";
import { generateSigningKey, readSigningKey, type SigningKey } from "../../../signing/key";
import { signSsh } from "../../../signing/sshsig";
import { aSite } from "../../support/fleet";
import { ReporterBench } from "../../components/reporter/reporterBench";
import { needsSshKeygen } from "../../support/sshKeygen";
import { aKustomization, aNode, aTable, now } from "./samples";

const key = () => readSigningKey(generateSigningKey("porto"), "a test's key");
const own = key();
const signers = reportSigner("porto", own.publicKey);

/** A report as a site writes it. */
function written(site = "porto", changes: object = {}): string {
  const text = (part: ReturnType<typeof aTable>) => ({ answer: "text" in part ? part.text : "" });
  return JSON.stringify({
    form: siteReport.form,
    site,
    at: new Date(now - 60_000).toISOString(),
    intervalSeconds: 1800,
    contact: null,
    parts: {
      nodes: text(aTable(aNode())),
      kustomizations: text(aTable(aKustomization())),
      helmReleases: text(aTable()),
    },
    ...changes,
  });
}

describe("reading a site's report", function () {
  this.timeout(60_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "edgewave-read-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const place = (site = "porto") => reportPlace(path.join(root, "git"), site);
  function repository(lane: string, site = "porto"): string {
    const folder = path.join(root, "git", lane, `${site}.git`);
    mkdirSync(path.dirname(folder), { recursive: true });
    execFileSync("git", ["init", "-q", "--bare", folder]);
    return folder;
  }
  const git = (folder: string, args: readonly string[], input?: string): string =>
    execFileSync("git", ["-c", "user.name=s", "-c", "user.email=s@e", "--git-dir", folder, ...args], {
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
      ...(input === undefined ? {} : { input }),
    }).trim();

  /** Puts files on a branch, as a push does. */
  function push(files: Readonly<Record<string, string>>, site = "porto", branch = "status", lane = "site"): string {
    const folder = repository(lane, site);
    const lines = Object.entries(files).map(
      ([name, text]) => `100644 blob ${git(folder, ["hash-object", "-w", "--stdin"], text)}\t${name}\n`,
    );
    const commit = git(folder, ["commit-tree", "-m", "report", git(folder, ["mktree"], lines.join(""))]);
    git(folder, ["update-ref", `refs/heads/${branch}`, commit]);
    return commit;
  }
  const signed = (text: string, by: SigningKey = own, namespace: string = siteReport.namespace) => ({
    "status.json": text,
    "status.json.sig": signSsh(Buffer.from(text), by, namespace),
  });
  const read = async (site = "porto", allowed: string | undefined = signers) => {
    const found = await readSiteReport(place(site), site, allowed);
    return found.kind === "unusable" ? found.why : found.kind;
  };

  it("takes a report with a good signature", async () => {
    push(signed(written()));
    expect(await read()).to.equal("report");
  });

  it("takes what the reporter itself wrote, with the real programs", async function () {
    needsSshKeygen(this);
    const bench = await ReporterBench.make();
    try {
      await bench.run();
      const from = reportPlace(path.join(bench.root, "git"), "porto");
      const allowed = execFileSync("cat", [bench.signers], { encoding: "utf8" });
      const found = await readSiteReport(from, "porto", allowed);
      expect(found.kind).to.equal("report");
      expect(await readSiteReport(from, "porto", signers)).to.deep.equal({
        kind: "unusable",
        why: "its report does not count: it is signed by a key that is not the site's",
      });
    } finally {
      await bench.stop();
    }
  });

  it("has none where there is no repository, no branch, or no file yet", async () => {
    expect(await read()).to.equal("none");
    push({ other: "x" }, "porto", "main");
    expect(await read()).to.equal("none");
    push({ other: "x" });
    expect(await read()).to.equal("none");
  });

  for (const [what, files, why] of [
    ["without a signature", () => ({ "status.json": written() }), /: it is not signed$/],
    [
      "with a text for a signature",
      () => ({ ...signed(written()), "status.json.sig": "x" }),
      /: its signature is none$/,
    ],
    ["signed by another key", () => signed(written(), key()), /by a key that is not the site's$/],
    ["signed for something else", () => signed(written(), own, "git"), /: its signature is for "git"$/],
    [
      "that was changed after it was signed",
      () => ({ ...signed(written()), "status.json": `${written()} ` }),
      /over something else$/,
    ],
    ["that was cut", () => signed(written().slice(0, 400)), /: ?its report is no JSON$|is no JSON$/],
    ["of another site, signed by this one", () => signed(written("vigo")), /its report speaks of the site "vigo"$/],
    [
      "of another form",
      () => signed(written("porto", { form: "edgewave.dev/site-report/v9" })),
      /has another form than edgewave\.dev\/site-report\/v1: form/,
    ],
    ["without a time", () => signed(written("porto", { at: "yesterday" })), /another form .*: at /],
    [
      "that is larger than all that is read",
      () => signed(written("porto", { padding: "x".repeat(2 * siteReport.mostBytes) })),
      /^its report has more than 1048576 bytes$/,
    ],
    [
      "that is too large",
      () => signed(written("porto", { padding: "x".repeat(siteReport.mostBytes) })),
      /^its report has more than 1048576 bytes$/,
    ],
  ] as const) {
    it(`takes no report ${what}`, async () => {
      push(files());
      expect(await read()).to.match(why);
    });
  }

  it("takes another site's report for nobody, though its signature is good", async () => {
    const vigo = key();
    push(signed(written("vigo"), vigo));
    expect(await read("porto", `${signers}${reportSigner("vigo", vigo.publicKey)}`)).to.match(/not the site's$/);
  });

  it("takes no report of a site whose key is not known here", async () => {
    push(signed(written()));
    expect(await readSiteReport(place(), "porto", undefined)).to.deep.include({ kind: "unusable" });
  });

  it("follows no link to a file", async () => {
    const folder = repository("site");
    const target = git(folder, ["hash-object", "-w", "--stdin"], "/etc/passwd");
    const tree = git(
      folder,
      ["mktree"],
      `120000 blob ${target}\tstatus.json\n120000 blob ${target}\tstatus.json.sig\n`,
    );
    git(folder, ["update-ref", "refs/heads/status", git(folder, ["commit-tree", "-m", "x", tree])]);
    expect(await read()).to.match(/its signature is none$/);
  });

  it("judges a replayed report by its age, not by when it came", async () => {
    push(signed(written("porto", { at: "2026-10-01T00:00:00Z" })));
    mkdirSync(path.join(root, "sites/porto/report"), { recursive: true });
    writeFileSync(path.join(root, "sites/porto/report/allowed_signers"), signers);
    const at = { gitDirectory: path.join(root, "git"), outputDirectory: root };
    const [judgement] = (await judgeSites([aSite()], at, () => undefined, now)).values();
    expect(judgement).to.deep.include({ state: "silent", reportedAt: Date.parse("2026-10-01T00:00:00Z") });
  });

  it("finds what is promoted, loose or packed", async () => {
    const commit = push({ file: "x" }, "porto", "deploy", "deploy");
    const directory = path.join(root, "git");
    expect(await promotedCommit(directory, "porto")).to.equal(commit);
    git(path.join(directory, "deploy", "porto.git"), ["pack-refs", "--all"]);
    expect(await promotedCommit(directory, "porto")).to.equal(commit);
    expect(await promotedCommit(directory, "vigo")).to.equal(undefined);
  });

  it("tells the others although one repository is broken", async () => {
    for (const site of ["porto", "vigo"]) {
      push(signed(written(site)), site);
      mkdirSync(path.join(root, `sites/${site}/report`), { recursive: true });
      writeFileSync(path.join(root, `sites/${site}/report/allowed_signers`), reportSigner(site, own.publicKey));
    }
    rmSync(path.join(root, "git/site/porto.git/HEAD"));
    const at = { gitDirectory: path.join(root, "git"), outputDirectory: root };
    const two = [aSite(), aSite({ name: "vigo" })];
    const found = await judgeSites(two, at, () => undefined, now);
    expect([...found.keys()]).to.deep.equal(["porto", "vigo"]);
    expect(found.get("porto")).to.deep.include({ state: "silent" });
    expect(found.get("porto")!.reason).to.match(/^what it reported cannot be read: /);
    expect(found.get("vigo")!.reason).to.match(/nothing has been promoted/);
  });
});
