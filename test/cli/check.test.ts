import { expect } from "chai";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Log } from "sarif";
import { runCli } from "../../cli/run";
import { repository, withFolder } from "../support/edgewave";
import { recordedIo } from "../support/io";

/** A fleet of two of the example's sites in a folder of its own, and a check of it on a day on which all is well. */
class Checked {
  private constructor(readonly folder: string) {}

  static with<T>(work: (checked: Checked) => Promise<T>): Promise<T> {
    return withFolder((folder) => {
      const example = path.join(repository, "examples", "harbours");
      for (const part of ["fleet.yaml", "releases", "rollouts", "sites/vigo.yaml", "sites/valletta.yaml"]) {
        cpSync(path.join(example, part), path.join(folder, "fleet", part), { recursive: true });
      }
      return work(new Checked(folder));
    });
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  replace(name: string, before: string, after: string): void {
    const text = readFileSync(this.file(name), "utf8");
    expect(text, name).to.include(before);
    writeFileSync(this.file(name), text.replace(before, after));
  }

  async run(...args: string[]) {
    const io = recordedIo(this.folder, { PATH: process.env["PATH"] ?? "" });
    const code = await runCli(["check", "--fleet", "fleet", "--out", "out", "--day", "2026-11-28", ...args], io);
    return { code, out: io.out(), err: io.err() };
  }

  async json(...args: string[]) {
    const { code, out } = await this.run("--json", ...args);
    return { code, report: JSON.parse(out) as Report };
  }
}

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly file: string; readonly line: number }[];
  readonly policy: {
    readonly built: number;
    readonly violations: readonly {
      readonly rule: string;
      readonly site: string;
      readonly level: string;
      readonly exempt: boolean;
      readonly message: string;
      readonly file: string;
      readonly line: number;
    }[];
    readonly failures: readonly object[];
  };
}

const manifest = `apiVersion: v1
kind: Namespace
metadata: { name: extra }
`;

describe("edgewave check", function () {
  this.timeout(120_000);

  it("holds every site to the rules, and builds only what has changed the next time", () =>
    Checked.with(async (checked) => {
      const first = await checked.run();
      expect([first.code, first.err]).to.deep.equal([0, ""]);
      expect(first.out).to.match(/rules: 0 errors, 3 advice \(\d+ times\), 0 exempt; 2 sites built, 0 unchanged\n$/);
      expect((await checked.run()).out).to.match(/; 0 sites built, 2 unchanged\n$/);
      checked.replace("fleet/sites/vigo.yaml", "maxOutage: 72h", "maxOutage: 48h");
      expect((await checked.run()).out).to.match(/; 1 site built, 1 unchanged\n$/);
      expect((await checked.run("--no-cache")).out).to.match(/; 2 sites built, 0 unchanged\n$/);
    }));

  it("says with code 1 which rule is broken, at which site, and on which line of its file that is decided", () =>
    Checked.with(async (checked) => {
      checked.replace("fleet/sites/vigo.yaml", "dnsServers: [10.10.8.2]", "dnsServers: [192.0.2.53]");
      const { code, report } = await checked.json();
      expect([code, report.ok]).to.deep.equal([1, false]);
      const broken = report.policy.violations.filter(({ level }) => level === "mandatory");
      const line =
        readFileSync(checked.file("fleet/sites/vigo.yaml"), "utf8")
          .split("\n")
          .findIndex((text) => text.includes("192.0.2.53")) + 1;
      expect(broken.map(({ rule, site, file, line: at }) => ({ rule, site, file, at }))).to.deep.equal([
        { rule: "local-dns", site: "vigo", file: "sites/vigo.yaml", at: line },
      ]);
      const { out } = await checked.run();
      expect(out).to.include(`sites/vigo.yaml:${line} (vigo)`);
      expect(out).to.match(/Sites that break a rule\n {2}vigo {2}1 error, /);
    }));

  it("lets be what is exempt until its last day, and not on the next", () =>
    Checked.with(async (checked) => {
      checked.replace("fleet/sites/vigo.yaml", "dnsServers: [10.10.8.2]", "dnsServers: [192.0.2.53]");
      const exemption =
        "{ rule: local-dns, sites: [vigo], reason: waits for its bastion, owner: port team, until: 2026-11-28 }";
      writeFileSync(
        checked.file("fleet/policy.yaml"),
        `apiVersion: edgewave.dev/v1alpha1\nkind: Policy\nmetadata: { name: harbours }\nspec:\n  exemptions:\n    - ${exemption}\n`,
      );
      const first = await checked.json();
      expect([first.code, first.report.findings]).to.deep.equal([0, []]);
      const { code, report } = await checked.json("--day", "2026-11-29");
      expect([code, report.policy.built]).to.deep.equal([1, 0]);
      expect(report.findings.map(({ code: found, file, line }) => [found, file, line])).to.deep.equal([
        ["EDGE-POL-004", "policy.yaml", 6],
      ]);
    }));

  it("tells what policy.yaml names and nothing knows, with code 2", () =>
    Checked.with(async (checked) => {
      writeFileSync(
        checked.file("fleet/policy.yaml"),
        "apiVersion: edgewave.dev/v1alpha1\nkind: Policy\nmetadata: { name: harbours }\nspec:\n  rules:\n    no-host-pat: { level: advisory }\n",
      );
      const { code, out } = await checked.run();
      expect(code).to.equal(2);
      expect(out).to.include(
        "policy.yaml:6 spec.rules.no-host-pat\n  error EDGE-POL-001: there is no rule no-host-pat\n  Did you mean no-host-path?",
      );
    }));

  it("judges objects that are deployed beside the release", () =>
    Checked.with(async (checked) => {
      mkdirSync(checked.file("own/deep"), { recursive: true });
      writeFileSync(checked.file("own/deep/namespace.yaml"), manifest);
      const { code, report } = await checked.json("--manifests", "own");
      expect(code).to.equal(1);
      const broken = report.policy.violations.filter(({ level }) => level === "mandatory");
      expect(broken.map(({ rule, site, message }) => [rule, site, message.split(":")[0]])).to.deep.equal([
        ["namespace-pod-security", "valletta", "Namespace extra"],
        ["namespace-pod-security", "vigo", "Namespace extra"],
      ]);
      writeFileSync(checked.file("own/deep/broken.yaml"), "a: [");
      const refused = await checked.run("--manifests", "own");
      expect(refused.code).to.equal(2);
      expect(refused.err).to.match(/EDGE-CLI-003.*deep\/broken\.yaml:1/);
    }));

  it("lets go of what holds state at a site only with a permission", () =>
    Checked.with(async (checked) => {
      const type = "kubernetes:core/v1:PersistentVolumeClaim";
      const props = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "archive", namespace: "gitea" },
      };
      const resources = [{ type, urn: `urn:pulumi:vigo::edgewave::${type}::archive`, inputs: props }];
      mkdirSync(checked.file("out/state/.pulumi/stacks/edgewave"), { recursive: true });
      writeFileSync(
        checked.file("out/state/.pulumi/stacks/edgewave/vigo.json"),
        JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }),
      );
      const refused = await checked.json();
      const broken = refused.report.policy.violations.filter(({ level }) => level === "mandatory");
      expect(broken.map(({ rule, site, message }) => [rule, site, message.split(";")[0]])).to.deep.equal([
        ["stateful-kept", "vigo", "PersistentVolumeClaim gitea/archive: resource is gone, which deletes it"],
      ]);
      const permission =
        "{ rule: stateful-kept, sites: [vigo], resources: [PersistentVolumeClaim gitea/archive], reason: moved to the hub, owner: port team, until: 2026-12-01 }";
      writeFileSync(
        checked.file("fleet/policy.yaml"),
        `apiVersion: edgewave.dev/v1alpha1\nkind: Policy\nmetadata: { name: harbours }\nspec:\n  exemptions:\n    - ${permission}\n`,
      );
      const { code, report } = await checked.json();
      expect([code, report.policy.built]).to.deep.equal([0, 0]);
    }));

  it("writes SARIF and JUnit for CI, with paths from where it runs", () =>
    Checked.with(async (checked) => {
      await checked.run("--sarif", "reports/check.sarif", "--junit", "reports/check.xml");
      const log = JSON.parse(readFileSync(checked.file("reports/check.sarif"), "utf8")) as Log;
      const uris = log.runs[0]!.results!.map(
        ({ locations }) => locations![0]!.physicalLocation!.artifactLocation!.uri!,
      );
      expect(uris.length).to.be.greaterThan(10);
      for (const uri of uris) expect(existsSync(checked.file(uri)), uri).to.equal(true);
      expect(readFileSync(checked.file("reports/check.xml"), "utf8")).to.match(/^<\?xml[^>]*>\n<testsuites /);
    }));

  it("only reads files where it is told to, and keeps nothing then", () =>
    Checked.with(async (checked) => {
      const { code, out } = await checked.run("--files-only");
      expect([code, out]).to.deep.equal([0, "harbours: 2 sites, 1 release, 1 rollout, no findings\n"]);
      expect(existsSync(checked.file("out"))).to.equal(false);
    }));

  it("refuses a day that is none, and a release that is not there", () =>
    Checked.with(async (checked) => {
      for (const day of ["tomorrow", "2026-02-30", "2026-1-1"]) {
        expect((await checked.run("--day", day)).err).to.include(`--day ${day} is no day`);
      }
      expect((await checked.run("--release", "2020.1.0")).err).to.include('no release "2020.1.0"');
    }));
});

describe("the example fleet", function () {
  this.timeout(180_000);

  it("passes the check", () =>
    withFolder(async (folder) => {
      const io = recordedIo(repository, { PATH: process.env["PATH"] ?? "" });
      const code = await runCli(["check", "--fleet", "examples/harbours", "--out", folder, "--day", "2026-11-28"], io);
      expect(code, io.out()).to.equal(0);
      expect(io.out()).to.include("no findings\nrules: 0 errors");
    }));
});
