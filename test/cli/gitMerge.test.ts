import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCli } from "../../cli/run";
import { importCommits } from "../../gitops/git/importCommits";
import { moveRefs } from "../../gitops/git/refs";
import { openRepository } from "../../gitops/git/repository";
import { newFolder, removeFolders } from "../gitops/folders";
import { recordedIo } from "../support/io";
import { writeSmallFleet } from "../support/smallFleet";

const rollout = { all: "release: 2026.11.0\nmaxConcurrency: 1\nwaves: [{ name: all, size: rest }]\n" };

describe("edgewave git merge", function () {
  this.timeout(20_000);
  let folder: string;
  let out: string;
  let work: string;
  beforeEach(() => {
    folder = newFolder();
    out = path.join(folder, "out");
    work = newFolder();
    writeSmallFleet(folder, ["vigo", "valletta"], rollout);
    git("init", "--quiet", "--initial-branch=main");
    change("a.yaml", "one\n");
  });
  after(removeFolders);

  const run = async (...args: string[]) => {
    const io = recordedIo(folder);
    const code = await runCli(["git", "merge", ...args, "--fleet", folder, "--out", out], io);
    return { code, out: io.out(), err: io.err() };
  };
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", work, "-c", "user.name=o", "-c", "user.email=o@x.invalid", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  function change(file: string, text: string): void {
    writeFileSync(path.join(work, file), text);
    git("add", "--all");
    git("commit", "--quiet", "--message", `Set ${file}`);
  }
  /** Where the hub has the site's repository while the output folder stands for it. */
  function push(): void {
    mkdirSync(path.join(out, "git/site"), { recursive: true });
    const hub = path.join(out, "git/site/vigo.git");
    execFileSync("git", ["clone", "--quiet", "--bare", "--no-local", work, `${hub}.new`]);
    execFileSync("sh", ["-c", `rm -rf "${hub}" && mv "${hub}.new" "${hub}"`]);
  }

  it("takes over what a site changed, and has nothing to do for one that was never heard of", async () => {
    push();
    const first = await run();
    expect(first.code, first.err).to.equal(0);
    expect(first.out).to.equal("valletta: nothing new is merged\nvigo: 1 change merged into sites\n");
    expect((await run("vigo")).out).to.equal("vigo: nothing new is merged\n");
  });

  it("names what does not merge, and says so again until people have done something", async () => {
    push();
    await run();
    const fleet = path.join(out, "git/fleet.git");
    const clone = newFolder();
    execFileSync("git", ["clone", "--quiet", "--branch=sites", fleet, clone]);
    writeFileSync(path.join(clone, "vigo/a.yaml"), "hub\n");
    const who = ["-c", "user.name=h", "-c", "user.email=h@x.invalid"];
    execFileSync("git", ["-C", clone, ...who, "commit", "--quiet", "--all", "--message", "At the hub"]);
    execFileSync("git", ["-C", clone, "push", "--quiet", "origin", "HEAD:sites"], { stdio: "ignore" });
    change("a.yaml", "site\n");
    push();
    const commit = git("rev-parse", "HEAD").slice(0, 12);
    const { code, out: said } = await run("vigo");
    expect(code).to.equal(1);
    expect(said).to.include(`conflict: ${commit} "Set a.yaml" in a.yaml`);
    expect(said).to.include(`open: merge conflicts/vigo/${commit} into sites at the hub`);
    const again = await run("vigo", "--json");
    expect(again.code).to.equal(1);
    expect(JSON.parse(again.out)).to.have.nested.property("sites[0].open[0]", `conflicts/vigo/${commit}`);
  });

  it("names an object that both of the site's repositories own, and check the override that would make it so", async () => {
    const object = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: berths, namespace: default }\n";
    change("berths.yaml", object);
    push();
    expect((await run("vigo")).out).not.to.include("owned twice");
    const head = "apiVersion: edgewave.dev/v1alpha1\nkind: Override\nmetadata: { name: berths }\nspec:\n";
    const added = `  for: { site: vigo }\n  objects:\n    - ${object.trimEnd().replace(/\n/g, "\n      ")}\n`;
    mkdirSync(path.join(folder, "overrides"), { recursive: true });
    writeFileSync(path.join(folder, "overrides/berths.yaml"), head + added);
    const io = recordedIo(folder);
    const code = await runCli(["check", "--files-only", "--fleet", folder, "--out", out], io);
    expect(io.out() + io.err()).to.match(
      /warning EDGE-OVER-006: ConfigMap\/berths is in berths\.yaml of site\/vigo too/,
    );
    expect(code).to.equal(0);

    // Promoted all the same.
    const deploy = path.join(out, "git/deploy/vigo.git");
    await openRepository(deploy, "deploy");
    const overlay = "applications/overlays/vigo";
    const files = [
      [`${overlay}/added.yaml`, object],
      [`${overlay}/kustomization.yaml`, "resources: [added.yaml]\n"],
    ] as const;
    const [to = ""] = await importCommits(deploy, [{ parent: undefined, date: 0, message: "x", files }]);
    await moveRefs(deploy, [{ ref: "refs/heads/deploy", from: undefined, to }]);
    expect((await run("vigo")).out).to.include(
      `owned twice: v1/ConfigMap/default/berths is in berths.yaml of site/vigo and in ${overlay}/added.yaml of deploy/vigo`,
    );
  });

  it("refuses what is no plain file, and leaves it where it is", async () => {
    push();
    await run();
    symlinkSync("/etc/passwd", path.join(work, "link"));
    change("b.yaml", "two\n");
    push();
    const { code, out: said } = await run("vigo");
    expect(code).to.equal(1);
    expect(said).to.match(/refused: [0-9a-f]{12} "Set b.yaml": "link" is a symbolic link; it stays in site\/vigo/);
  });

  it("knows no site that the fleet has not", async () => {
    expect((await run("atlantis")).code).to.equal(2);
  });
});

describe("edgewave hub", () => {
  after(removeFolders);

  it("says how to name an administrator, and takes no file that holds something else", async () => {
    const folder = newFolder();
    writeSmallFleet(folder, ["vigo"], rollout);
    const io = recordedIo(folder);
    expect(await runCli(["hub", "check", "--fleet", folder], io)).to.equal(2);
    expect(io.err()).to.include("EDGE-HUB-004").and.include("--hub-admin-file");
    writeFileSync(path.join(folder, "admin"), "no-password-in-here\n");
    const other = recordedIo(folder);
    expect(await runCli(["hub", "check", "--fleet", folder, "--hub-admin-file", "admin"], other)).to.equal(2);
    expect(other.err()).to.include("does not hold ACCOUNT:PASSWORD").and.not.to.include("no-password-in-here");
  });
});
