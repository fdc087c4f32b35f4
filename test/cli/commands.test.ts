import { expect } from "chai";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCli } from "../../cli/run";
import { repository, withFolder } from "../support/edgewave";
import { recordedIo } from "../support/io";
import { harbours } from "../support/rollout";

const run = async (argv: string[], env: Record<string, string> = {}, cwd = repository) => {
  const io = recordedIo(cwd, env);
  const code = await runCli(argv, io);
  return { code, out: io.out(), err: io.err() };
};

describe("the command line", () => {
  it("lists its commands and exit codes", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).to.equal(0);
    for (const command of ["check", "plan", "rollout", "status", "site"]) {
      expect(out).to.match(new RegExp(`^  ${command} `, "m"));
    }
    for (const exit of ["0", "1", "2", "3", "4", "130"]) expect(out).to.match(new RegExp(`^  ${exit} +\\w`, "m"));
  });

  for (const command of [
    ["check"],
    ["plan"],
    ["simulate"],
    ["drift"],
    ["history"],
    ["ledger", "export"],
    ["ledger", "verify"],
    ["release"],
    ["release", "lock"],
    ["rollout"],
    ["status"],
    ["site"],
    ["site", "up"],
    ["site", "destroy"],
  ]) {
    it(`explains ${command.join(" ")}`, async () => {
      const { code, out } = await run([...command, "--help"]);
      expect(code).to.equal(0);
      expect(out).to.contain(`Usage: edgewave ${command.join(" ")}`);
    });
  }

  const wrong: [string, string[], RegExp][] = [
    ["an unknown command", ["frobnicate"], /unknown command 'frobnicate'/],
    ["an unknown option", ["check", "--frob"], /unknown option '--frob'/],
    ["an unknown engine", ["rollout", "--engine", "steam"], /Allowed choices are auto, official, embedded/],
    ["a site that is missing", ["site", "up"], /missing required argument 'name'/],
    ["a site that the fleet has not", ["site", "up", "atlantis", "--fleet", harbours], /EDGE-CLI-002.*"atlantis"/],
    [
      "a rollout that the fleet has not",
      ["plan", "--rollout", "spring", "--fleet", harbours],
      /EDGE-CLI-002.*"spring"/,
    ],
    ["a folder that is no fleet", ["plan", "--fleet", path.join(repository, "docs")], /fleet\.yaml/],
    ["a folder that is not there", ["check", "--fleet", "/nowhere/at/all"], /fleet\.yaml|cannot be read|no such/i],
    ["destroy without --yes", ["site", "destroy", "vigo", "--fleet", harbours], /EDGE-CLI-003.*\n.*--yes/],
  ];
  for (const [what, argv, message] of wrong) {
    it(`refuses ${what} with exit code 2`, async () => {
      const { code, out, err } = await run(argv);
      expect(code).to.equal(2);
      expect(err + out).to.match(message);
    });
  }

  it("checks the files of a sound fleet with exit code 0", async () => {
    const { code, out } = await run(["check", "--files-only", "--fleet", harbours]);
    expect({ code, out }).to.deep.equal({ code: 0, out: "harbours: 24 sites, 1 release, 1 rollout, no findings\n" });
  });

  it("takes the fleet's folder from the environment too", async () => {
    // commander reads the real environment for defaults.
    process.env["EDGEWAVE_FLEET"] = harbours;
    try {
      expect((await run(["check", "--files-only"])).code).to.equal(0);
    } finally {
      delete process.env["EDGEWAVE_FLEET"];
    }
  });

  it("gives findings as JSON with file, line, path and hint", async () => {
    const { code, out } = await run(["check", "--json", "--fleet", path.join(repository, "examples", "mistakes")]);
    expect(code).to.equal(2);
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Record<string, unknown>[] };
    expect(ok).to.equal(false);
    expect(findings.length).to.be.greaterThan(10);
    for (const finding of findings) {
      expect(finding).to.include.all.keys("code", "severity", "file", "line", "path", "message", "hint");
    }
  });

  it("prints every finding of a fleet with mistakes before a plan", async () => {
    const mistakes = path.join(repository, "examples", "mistakes");
    const { findings } = JSON.parse((await run(["check", "--json", "--fleet", mistakes])).out) as {
      findings: { file: string; line: number; code: string }[];
    };
    const { code, err } = await run(["plan", "--fleet", mistakes]);
    expect(code).to.equal(2);
    for (const { file, line, code: finding } of findings) {
      expect(err).to.contain(`${file}:${line}`);
      expect(err).to.contain(finding);
    }
    expect(err).to.contain("Nothing was touched.");
  });

  it("plans without touching anything, as text and as JSON", () =>
    withFolder(async (folder) => {
      const fleet = path.join(folder, "fleet");
      cpSync(harbours, fleet, { recursive: true });
      const text = await run(["plan", "--fleet", fleet], {}, folder);
      expect(text.code).to.equal(0);
      expect(text.out).to.match(/^wave 1: canary \(canary, 2 sites/m);
      expect(text.out).to.contain("not locked");
      const json = await run(["plan", "--json", "--fleet", fleet], {}, folder);
      const { plan, locked } = JSON.parse(json.out) as { plan: { waves: { sites: string[] }[] }; locked: boolean };
      expect(plan.waves.map((wave) => wave.sites.length)).to.deep.equal([2, 6, 16]);
      expect(locked).to.equal(false);
      expect(existsSync(path.join(folder, "out"))).to.equal(false);
    }));

  it("says that there is no rollout yet", () =>
    withFolder(async (folder) => {
      const { code, err } = await run(["status", "--fleet", harbours], {}, folder);
      expect(code).to.equal(2);
      expect(err).to.contain("EDGE-CLI-030");
      expect(existsSync(path.join(folder, "out"))).to.equal(false);
    }));

  it("refuses to guess which of two rollouts is meant", () =>
    withFolder(async (folder) => {
      cpSync(harbours, folder, { recursive: true });
      writeFileSync(
        path.join(folder, "rollouts", "winter.yaml"),
        "apiVersion: edgewave.dev/v1alpha1\nkind: Rollout\nmetadata: {name: winter}\n" +
          "spec: {release: 2026.11.0, maxConcurrency: 1, waves: [{name: all, size: rest}]}\n",
      );
      const { code, err } = await run(["plan", "--fleet", folder]);
      expect(code).to.equal(2);
      expect(err).to.match(/several rollouts: autumn, winter/);
    }));

  it("prints colours only where they are asked for", async () => {
    const mistakes = path.join(repository, "examples", "mistakes");
    const escape = String.fromCharCode(27);
    expect((await run(["check", "--fleet", mistakes])).out).not.to.contain(escape);
    expect((await run(["check", "--fleet", mistakes], { FORCE_COLOR: "1" })).out).to.contain(escape);
    expect((await run(["check", "--fleet", mistakes], { FORCE_COLOR: "1", NO_COLOR: "1" })).out).not.to.contain(escape);
  });
});
