import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { parse } from "yaml";
import { runCli } from "../../cli/run";
import { repository, withFolder } from "../support/edgewave";
import { recordedIo } from "../support/io";

const folder = path.join(repository, "docs", "ci");
const read = (file: string) => readFileSync(path.join(folder, file), "utf8");

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

/** A fleet of one site below `fleet`. */
function aSmallFleet(root: string): void {
  const example = path.join(repository, "examples", "harbours");
  for (const part of ["fleet.yaml", "releases", "rollouts", "sites/vigo.yaml", "sites/valletta.yaml"]) {
    cpSync(path.join(example, part), path.join(root, "fleet", part), { recursive: true });
  }
}

/** Runs the line of a job as its shell would, in this process. */
async function runLine(line: string, cwd: string) {
  const words = line.replaceAll('"$FLEET"', "fleet").split(" ");
  expect(words.slice(0, 2), line).to.deep.equal(["npx", "edgewave"]);
  const io = recordedIo(cwd, { PATH: process.env["PATH"] ?? "" });
  return { code: await runCli([...words.slice(2), "--day", "2026-11-28"], io), out: io.out() + io.err() };
}

describe("the jobs for CI", function () {
  this.timeout(60_000);

  const github = parse(read("github-actions.yaml")) as { env: object; jobs: { check: { steps: Step[] } } };
  const gitlab = parse(read("gitlab-ci.yaml")) as {
    "fleet-check": { script: string[]; artifacts: { paths: string[]; reports: { junit: string } }; variables: object };
  };
  const steps = github.jobs.check.steps;
  const lines: [string, string, string[]][] = [
    [
      "GitHub Actions",
      steps.find(({ run }) => run?.includes("edgewave"))!.run!,
      [
        steps.find(({ uses }) => uses?.includes("upload-sarif"))!.with!["sarif_file"]!,
        ...steps.at(-1)!.with!["path"]!.trim().split(/\s+/),
      ],
    ],
    [
      "GitLab CI",
      gitlab["fleet-check"].script.find((line) => line.includes("edgewave"))!,
      [gitlab["fleet-check"].artifacts.reports.junit, ...gitlab["fleet-check"].artifacts.paths],
    ],
  ];
  for (const [name, line, files] of lines) {
    it(`of ${name} run a command that is there, and take the files that it writes`, () =>
      withFolder(async (root) => {
        aSmallFleet(root);
        const { code, out } = await runLine(line, root);
        expect(code, out).to.equal(0);
        for (const file of files) expect(existsSync(path.join(root, file)), file).to.equal(true);
        // What the cache of the job keeps.
        expect(existsSync(path.join(root, "out", "ci", "check", "found.json"))).to.equal(true);
      }));
  }

  it("are for the example fleet until somebody sets their own", () => {
    expect([github.env, gitlab["fleet-check"].variables]).to.deep.equal([
      { FLEET: "examples/harbours" },
      { FLEET: "examples/harbours" },
    ]);
  });
});

describe("the pre-commit hook", function () {
  this.timeout(120_000);

  it("lets a sound commit pass, and stops one that breaks a rule, by what is staged", () =>
    withFolder(async (root) => {
      const git = (...args: string[]) =>
        execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
          stdio: "pipe",
        });
      aSmallFleet(root);
      git("init", "-q");
      git("add", ".");
      git("commit", "-qm", "first");
      mkdirSync(path.join(root, ".git", "hooks"), { recursive: true });
      cpSync(path.join(folder, "pre-commit"), path.join(root, ".git", "hooks", "pre-commit"));
      const env = {
        ...process.env,
        FLEET: "fleet",
        EDGEWAVE: `${process.execPath} ${path.join(repository, "bin", "edgewave.js")}`,
      };
      const commit = (message: string) =>
        promisify(execFile)(
          "git",
          ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-m", message],
          { env },
        ).then(
          ({ stdout, stderr }) => ({ ok: true, text: stdout + stderr }),
          (error: { stdout: string; stderr: string }) => ({ ok: false, text: error.stdout + error.stderr }),
        );
      const site = path.join(root, "fleet", "sites", "vigo.yaml");
      const text = readFileSync(site, "utf8");

      writeFileSync(site, text.replace("maxOutage: 72h", "maxOutage: 48h"));
      git("add", ".");
      // Not staged, so not this commit's.
      writeFileSync(site, text.replace("dnsServers: [10.10.8.2]", "dnsServers: [192.0.2.53]"));
      const sound = await commit("sound");
      expect(sound.ok, sound.text).to.equal(true);

      git("add", ".");
      const broken = await commit("broken");
      expect(broken.ok).to.equal(false);
      expect(broken.text).to.include("local-dns").and.include("sites/vigo.yaml:");

      writeFileSync(path.join(root, "readme"), "no fleet\n");
      git("reset", "-q", "--hard");
      git("add", ".");
      expect((await commit("else")).text).to.not.include("rules:");
    }));
});
