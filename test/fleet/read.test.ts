import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readFleet } from "../../fleet/read";
import { aFleet, sites } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";

describe("readFleet", () => {
  let folder: string;
  const at = (file: string) => path.join(folder, file);
  const write = (file: string, content: string | Buffer) => {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), content);
  };
  const read = async () =>
    (await readFleet(folder)).findings.map(
      ({ code, severity, file, message }) => `${severity} ${code} ${file}: ${message}`,
    );

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-fleet-"));
    for (const file of fleetFiles(aFleet())) write(file.path, file.text);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("gives the fleet of a valid folder", async () => {
    const { fleet, findings } = await readFleet(folder);
    expect(findings).to.deep.equal([]);
    expect(fleet).to.deep.equal(aFleet());
  });

  it("takes host keys from known_hosts beside fleet.yaml, and says what in it cannot be used", async () => {
    const key = `ssh-ed25519 ${"A".repeat(68)}`;
    const [site] = aFleet().sites;
    write("known_hosts", `${site?.bastion.address} ${key}\n${site?.nodes[0]?.name} ${key}\n`);
    const { fleet } = await readFleet(folder);
    expect(fleet?.sites[0]?.bastion.hostKeys).to.deep.equal([key]);
    expect(fleet?.sites[0]?.nodes[0]?.hostKeys).to.deep.equal([key]);
    write("known_hosts", "|1|c2FsdA==|aGFzaA== ssh-ed25519 AAAA\n");
    expect(await read()).to.deep.equal([
      "error EDGE-FILE-005 known_hosts: the host's name is hashed, so nobody can tell whose key it is",
    ]);
  });

  it("reports a folder that does not exist", async () => {
    const { fleet, findings } = await readFleet(at("nowhere"));
    expect(fleet).to.equal(undefined);
    expect(findings).to.have.lengthOf(1);
    expect(findings[0]).to.include({ code: "EDGE-FILE-001", file: "fleet.yaml" });
    expect(findings[0]?.message).to.match(/cannot be read: it does not exist$/);
  });

  it("reports a folder that is a file", async () => {
    const { findings } = await readFleet(at("fleet.yaml"));
    expect(findings.map((finding) => finding.message.split(": ")[1])).to.deep.equal(["it is not a folder"]);
  });

  it("reports a missing fleet.yaml", async () => {
    rmSync(at("fleet.yaml"));
    expect(await read()).to.deep.equal([
      "error EDGE-FILE-001 fleet.yaml: fleet.yaml cannot be read: it does not exist",
    ]);
  });

  it("may have no rollouts yet", async () => {
    rmSync(at("rollouts"), { recursive: true });
    const { fleet, findings } = await readFleet(folder);
    expect(findings).to.deep.equal([]);
    expect(fleet?.rollouts).to.deep.equal([]);
  });

  it("refuses a link out of the folder and reads one inside it", async () => {
    const outside = mkdtempSync(path.join(tmpdir(), "edgewave-outside-"));
    try {
      writeFileSync(path.join(outside, "secret.yaml"), "password: hunter2");
      symlinkSync(path.join(outside, "secret.yaml"), at("sites/stolen.yaml"));
      write("archive/vigo.yaml", fleetFiles(aFleet({ sites: sites(2) }))[2]!.text);
      symlinkSync("../archive/vigo.yaml", at("sites/vigo.yaml"));
      const { findings } = await readFleet(folder);
      expect(findings.map(({ code, file }) => `${code} ${file}`)).to.deep.equal(["EDGE-FILE-003 sites/stolen.yaml"]);
      expect(JSON.stringify(findings)).to.not.contain("hunter2");
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it("refuses a folder that is a link out of it", async () => {
    const outside = mkdtempSync(path.join(tmpdir(), "edgewave-outside-"));
    try {
      rmSync(at("rollouts"), { recursive: true });
      symlinkSync(outside, at("rollouts"));
      expect(await read()).to.deep.equal([
        "error EDGE-FILE-003 rollouts: rollouts is a link that leads out of the fleet folder",
      ]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it("reports links to nothing and in a circle", async () => {
    symlinkSync("gone.yaml", at("sites/a.yaml"));
    symlinkSync("b.yaml", at("sites/b.yaml"));
    expect(await read()).to.deep.equal([
      "error EDGE-FILE-001 sites/a.yaml: sites/a.yaml is a link to nothing",
      "error EDGE-FILE-001 sites/b.yaml: sites/b.yaml cannot be read: its links go in a circle",
    ]);
  });

  it("does not wait for a pipe", async () => {
    execFileSync("mkfifo", [at("sites/pipe.yaml")]);
    expect(await read()).to.deep.equal(["error EDGE-FILE-003 sites/pipe.yaml: sites/pipe.yaml is not a regular file"]);
  });

  it("refuses a huge file without reading it", async () => {
    write("sites/huge.yaml", "");
    truncateSync(at("sites/huge.yaml"), 64 * 1024 * 1024);
    expect(await read()).to.deep.equal([
      "error EDGE-FILE-002 sites/huge.yaml: sites/huge.yaml has 67108864 bytes, and at most 33554432 are read",
    ]);
  });

  it("refuses what is not UTF-8", async () => {
    write("sites/latin.yaml", Buffer.from([0x6e, 0x61, 0xef, 0x76, 0x65]));
    expect(await read()).to.deep.equal(["error EDGE-YAML-004 sites/latin.yaml: sites/latin.yaml is not UTF-8"]);
  });

  it("warns of files and folders that look as if they belonged to the fleet", async () => {
    write("sites/vigo.yml", "");
    write("sites/north/vigo.yaml", "");
    write("stray.yaml", "");
    rmSync(at("rollouts"), { recursive: true });
    mkdirSync(at("rollout"));
    expect(await read()).to.deep.equal([
      "warning EDGE-FILE-004 rollout: the folder rollout is not read",
      "warning EDGE-FILE-004 sites/north: the folder sites/north is not read",
      "warning EDGE-FILE-004 sites/vigo.yml: sites/vigo.yml is not read",
      "warning EDGE-FILE-004 stray.yaml: stray.yaml is not read",
    ]);
  });

  it("says nothing of other files", async () => {
    for (const file of ["README.md", ".git/config", "sites/.swp.yaml", "sites/notes.txt", "docs/x.yaml"])
      write(file, "x");
    expect(await read()).to.deep.equal([]);
  });

  it("reads a lock beside its release", async () => {
    const release = fleetFiles(aFleet())[2]!;
    write(release.path, `${release.text}  lock: 2026.11.0.lock.json\n`);
    write("releases/2026.11.0.lock.json", "{");
    expect((await read())[0]).to.match(/^error EDGE-YAML-001 releases\/2026\.11\.0\.lock\.json/);
  });

  it("reads and checks 2,000 sites", async () => {
    for (const file of fleetFiles(aFleet({ sites: sites(2000) }))) write(file.path, file.text);
    const { fleet, findings } = await readFleet(folder);
    expect(findings).to.deep.equal([]);
    expect(fleet?.sites).to.have.lengthOf(2000);
  }).timeout(120_000);
});
