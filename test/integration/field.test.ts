import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { ResolvedSite } from "../../fleet/model";
import { edgewave } from "../support/edgewave";
import { aFleet, aLock, aRelease, aRollout, aSite, aWave } from "../support/fleet";
import { writeFleet } from "../support/fleetFolder";
import { needsSshKeygen } from "../support/sshKeygen";
import type { RolloutStatus } from "../support/rollout";

describe("field sites, by the real command", function () {
  this.timeout(180_000);
  let folder: string;
  let fleet: string;
  let settings: Record<string, string>;

  before(function () {
    needsSshKeygen(this);
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-fields-"));
    fleet = path.join(folder, "fleet");
    const key = path.join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const hostKey = readFileSync(`${key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
    const dark = aSite({ target: "field" });
    // Nobody listens at port 1 of loopback, and that is said at once.
    const bastion = { ...dark.bastion, address: "127.0.0.1", sshPort: 1, hostKeys: [hostKey] };
    const site: ResolvedSite = {
      ...dark,
      bastion,
      network: { ...dark.network, nodeCidr: "127.0.0.0/24", gateway: "127.0.0.9", dnsServers: ["127.0.0.9"] },
      nodes: dark.nodes.map((node) => ({ ...node, address: "127.0.0.11", hostKeys: [hostKey] })),
    };
    const rollouts = [aRollout({ waves: [aWave({ name: "all", size: "rest" })] })];
    writeFleet(fleet, aFleet({ sites: [site], releases: [aRelease({ lock: aLock() })], rollouts }));
    settings = { EDGEWAVE_SSH_KEY_FILE: key, EDGEWAVE_KUBESPRAY: folder };
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  const run = (args: string[], env: Record<string, string> = {}) =>
    edgewave([...args, "--fleet", fleet, "--out", path.join(folder, "out")], env);

  it("pass the checks with host keys and a lock, and show their playbooks in the plan", async () => {
    const { code, stdout, stderr } = await run(["plan"]);
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.match(
      /playbooks of porto:\n +kubespray 1 of 2: prepare-nodes\.yml: .*\n +kubespray 2 of 2: cluster\.yml/,
    );
  });

  it("are not started without what this machine needs for them, and all of it is told", async () => {
    const { code, stderr } = await run(["rollout", "--engine", "embedded"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/EDGE-CLI-022.*porto is a field site, and EDGEWAVE_SSH_KEY_FILE .*EDGEWAVE_KUBESPRAY/s);
  });

  it("are deferred, and have not failed, while nobody answers at their bastion", async () => {
    const { stdout, stderr } = await run(["rollout", "--engine", "embedded"], settings);
    const status = await run(["status", "--json"]);
    const { sites } = JSON.parse(status.stdout) as RolloutStatus;
    expect(
      sites.map(({ site, outcome }) => [site, outcome]),
      stdout + stderr,
    ).to.deep.equal([["porto", "deferred"]]);
    expect(sites[0]?.reason).to.contain("edge@127.0.0.1:1 cannot be reached by SSH after 3 tries: ECONNREFUSED");
  });

  it("are not destroyed before somebody says what becomes of their nodes", async () => {
    const { code, stderr } = await run(["site", "destroy", "porto", "--yes"], settings);
    expect(code).to.equal(2);
    expect(stderr).to.contain("--nodes keep").and.contain("--nodes reset");
  });

  it("with a host key that is not known are a finding", async () => {
    const unknown = path.join(folder, "unknown");
    writeFleet(unknown, aFleet({ sites: [aSite({ target: "field" })], releases: [aRelease({ lock: aLock() })] }));
    const { code, stdout, stderr } = await edgewave(["check", "--fleet", unknown]);
    expect(code).to.equal(2);
    expect(stdout + stderr).to.match(/EDGE-SITE-009.*ssh-keyscan/s);
  });
});
