import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { askSshKeygen, needsSshKeygen } from "../support/sshKeygen";
import { aGate } from "../rollout/gates/aGate";
import { Bench, commit, failureOf } from "./request";

const at = "2026-11-25T10:00:00Z";
const report = { site: "porto", release: "2026.11.0", commit, result: "pass", at };
const file = "status/2026.11.0.json";

describe("the git gate", function () {
  this.timeout(30_000);
  let bench: Bench;
  let work: string;
  beforeEach(() => {
    bench = new Bench();
    work = path.join(bench.root, "work");
    const bare = path.join(bench.root, "git", "site", "porto.git");
    mkdirSync(path.dirname(bare), { recursive: true });
    git("init", "-q", "--bare", "-b", "main", bare);
    git("clone", "-q", bare, work);
    mkdirSync(path.join(work, "status"));
  });
  afterEach(() => bench.remove());

  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=site", "-c", "user.email=site@example", ...args], { stdio: "pipe" });
  /** Commits a file as the site would, and pushes it to the hub. */
  function push(content: object | string, name = file): void {
    writeFileSync(path.join(work, name), typeof content === "string" ? content : JSON.stringify(content));
    commitAll();
  }
  function commitAll(branch = "main"): void {
    git("-C", work, "add", "-A");
    git("-C", work, "commit", "-q", "-m", "report");
    git("-C", work, "push", "-q", "origin", `HEAD:${branch}`);
  }

  for (const [what, content, answer] of [
    ["passes with a report of a pass", report, `pass: the site reported pass at ${at}`],
    [
      "fails with a report of a fail, and says why",
      { ...report, result: "fail", message: "mqtt does not answer" },
      `fail: the site reported fail at ${at}: mqtt does not answer`,
    ],
    [
      "waits for a report of this commit",
      { ...report, commit: "d".repeat(40) },
      `inconclusive: ${file} speaks of the commit "${"d".repeat(40)}", not ${commit}`,
    ],
    ["waits for a report of this release", { ...report, release: "2026.10.0" }, /speaks of the release "2026\.10\.0"/],
    ["takes no other site's report", { ...report, site: "vigo" }, /speaks of the site "vigo", not porto$/],
    ["takes no other word for a pass", { ...report, result: "passed" }, /^inconclusive: .* is no report: result /],
    ["takes no report without a time", { ...report, at: "yesterday" }, /^inconclusive: .* is no report: at /],
    ["takes no text for a report", "all is well", /^inconclusive: .* is no report: /],
  ] as const) {
    it(what, async () => {
      push(content);
      const found = await bench.ask(aGate("git"));
      if (typeof answer === "string") expect(found).to.equal(answer);
      else expect(found).to.match(answer);
    });
  }

  it("waits for a report that is not older than the last change", async () => {
    push(report);
    const changedAt = Date.parse(at) + 6 * 60_000;
    expect(await bench.ask(aGate("git"), { changedAt })).to.equal(
      `inconclusive: ${file} is of ${at}, before the site was last changed`,
    );
    expect(await bench.ask(aGate("git"), { changedAt: changedAt - 120_000 })).to.match(/^pass/);
  });

  it("waits for the file, the branch and the repository", async () => {
    const found = async (overrides = {}) => await bench.ask(aGate("git", overrides));
    expect(await found()).to.equal(`inconclusive: there is no ${file} on the branch main of site/porto yet`);
    push(report);
    expect(await found({ branch: "status" })).to.match(/no .* on the branch status/);
    expect(await found({ file: "status" })).to.match(/there is no status on the branch main/);
    execFileSync("rm", ["-r", path.join(bench.root, "git", "site", "porto.git")]);
    expect(await found()).to.equal("inconclusive: the hub has no repository site/porto yet");
  });

  it("follows no link and reads nothing that is too large for a report", async () => {
    symlinkSync("/etc/passwd", path.join(work, file));
    commitAll();
    expect(await bench.ask(aGate("git"))).to.match(/^inconclusive: .* is no report/);
    push(JSON.stringify({ ...report, message: "x".repeat(70_000) }), "status/large.json");
    expect(await failureOf(bench.ask(aGate("git", { file: "status/large.json" })))).to.equal(
      "status/large.json is larger than 65536 bytes",
    );
  });

  describe("with signatures", () => {
    const gate = () => aGate("git", { allowedSignersFile: "signers" });
    let key: string;
    before(function () {
      needsSshKeygen(this);
    });
    beforeEach(() => {
      key = path.join(bench.root, "key");
      askSshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key);
      bench.file("signers", `porto namespaces="edgewave-report" ${readFileSync(`${key}.pub`, "utf8")}`);
    });
    function sign(namespace = "edgewave-report"): void {
      writeFileSync(path.join(work, file), JSON.stringify(report));
      askSshKeygen("-Y", "sign", "-n", namespace, "-f", key, path.join(work, file));
    }

    it("passes with a good one", async () => {
      sign();
      commitAll();
      expect(await bench.ask(gate())).to.equal(`pass: the site reported pass at ${at}`);
    });

    it("waits for one", async () => {
      push(report);
      expect(await bench.ask(gate())).to.equal(`inconclusive: ${file} is not signed: there is no ${file}.sig`);
    });

    for (const [what, change] of [
      ["over another text", () => writeFileSync(path.join(work, file), JSON.stringify({ ...report, message: "x" }))],
      ["for something else", () => sign("git")],
      ["of another site", () => bench.file("signers", `vigo ${readFileSync(`${key}.pub`, "utf8")}`)],
      ["that is none", () => writeFileSync(path.join(work, `${file}.sig`), "x")],
    ] as const) {
      it(`takes no signature ${what}`, async () => {
        sign();
        if (what === "for something else") execFileSync("rm", [path.join(work, `${file}.sig`)]);
        change();
        commitAll();
        expect(await bench.ask(gate())).to.match(
          new RegExp(`^inconclusive: ${file} has no good signature of porto: .+`),
        );
      });
    }
  });
});
