import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inventoryPlan, preparationPlaybook } from "../../../components/kubespray/plan";
import type { ResolvedSite } from "../../../fleet/model";
import { profileOf } from "../../../profiles";
import { firstTime, needsAnsible, type Ansible, type AnsibleOutcome } from "../../support/ansible";
import { aRelease, aSite, type Overrides } from "../../support/fleet";

/** Why the playbook cannot be run with a folder of its own in place of /etc; undefined if it can. */
function whyNoMounts(): string | undefined {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return existsSync("/etc/debian_version") && existsSync("/usr/bin/python3")
      ? undefined
      : "this is no Debian with Python";
  } catch {
    return "this account may not make a mount namespace";
  }
}

describe("the real ansible-playbook on prepare-nodes.yml", function () {
  this.timeout(300_000);
  let ansible: Ansible;
  let root: string;
  before(async function () {
    this.timeout(firstTime);
    ansible = await needsAnsible(this);
    root = mkdtempSync(path.join(tmpdir(), "edgewave-prepare-"));
  });
  after(() => {
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  /** Renders a site into a folder of its own. */
  function rendered(name: string, overrides: Overrides<ResolvedSite> = {}): string {
    const site = aSite(overrides);
    const folder = path.join(root, name);
    const files = inventoryPlan(site, aRelease(), profileOf(site.profile));
    for (const file of [...files, { path: "images/site-ca.pem", content: "the site's authority\n" }]) {
      mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
      writeFileSync(path.join(folder, file.path), file.content);
    }
    return folder;
  }

  const argumentsFor = (folder: string, extra: object = {}) => [
    ...["--inventory", path.join(folder, "inventory", "hosts.yaml"), path.join(folder, preparationPlaybook)],
    ...["--connection", "local", "--extra-vars"],
    JSON.stringify({
      ansible_python_interpreter: "/usr/bin/python3",
      ansible_become: false,
      ansible_ssh_common_args: "",
      ...extra,
    }),
  ];

  it("finds nothing wrong with its syntax", async () => {
    const folder = rendered("syntax", { profile: "ha-edge" });
    const outcome = await ansible.run("ansible-playbook", [...argumentsFor(folder), "--syntax-check"]);
    expect(outcome).to.include({ code: 0, stderr: "" });
  });

  describe("in a namespace whose /etc is a copy", () => {
    const missing = whyNoMounts();
    before(function () {
      if (missing === undefined) return;
      console.log(`      skipped: ${missing}`);
      this.skip();
    });

    /** Runs the playbook, all but what asks the bastion, on an /etc that is kept between runs. */
    async function run(folder: string, extra: object = {}, more: readonly string[] = []): Promise<AnsibleOutcome> {
      const etc = path.join(folder, "etc");
      if (!existsSync(etc)) execFileSync("cp", ["-a", "/etc", etc]);
      const command = [ansible.program("ansible-playbook"), ...argumentsFor(folder, extra)];
      const inside = `
        mount --bind "$ETC" /etc
        for file in hosts resolv.conf hostname; do umount "/etc/$file" 2>/dev/null || true; done
        exec "$@"`;
      return await new Promise((resolve) => {
        try {
          const stdout = execFileSync(
            "unshare",
            ["--mount", "sh", "-ec", inside, "sh", ...command, "--skip-tags", "online", ...more],
            {
              env: { ...process.env, ETC: etc, LC_ALL: "C.UTF-8", ANSIBLE_NOCOLOR: "1" },
              encoding: "utf8",
              stdio: "pipe",
            },
          );
          resolve({ code: 0, stdout, stderr: "" });
        } catch (error) {
          const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
          resolve({ code: status, stdout, stderr });
        }
      });
    }
    const etcOf = (folder: string, name: string) => readFileSync(path.join(folder, "etc", name), "utf8");

    it("changes nothing in a check run, and says what it would change", async () => {
      const folder = rendered("check");
      const { code, stdout, stderr } = await run(folder, {}, ["--check"]);
      expect(`${stdout}${stderr}`).to.match(/failed=0/);
      expect(code).to.equal(0);
      expect(stdout).to.match(/changed=[1-9]/);
      expect(existsSync(path.join(folder, "etc", "apt", "sources.list.d", "edgewave.sources"))).to.equal(false);
    });

    it("sets authority, names, package sources and time, and has nothing to change the second time", async () => {
      const folder = rendered("real");
      const first = await run(folder);
      expect(first.code, `${first.stdout}${first.stderr}`).to.equal(0);
      expect(etcOf(folder, "containerd/edgewave/site-ca.pem")).to.equal("the site's authority\n");
      expect(etcOf(folder, "hosts")).to.contain("10.100.0.2 bastion.porto.harbours.example\n");
      expect(etcOf(folder, "chrony/chrony.conf")).to.contain("server ntp.harbours.example iburst\n");
      expect(etcOf(folder, "chrony/chrony.conf")).to.contain("makestep 1.0 -1\n");
      const sources = etcOf(folder, "apt/sources.list.d/edgewave.sources");
      expect(sources).to.contain("URIs: http://bastion.porto.harbours.example:80/apt/debian\n");
      expect(sources).to.contain("Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n");
      const second = await run(folder);
      expect(second.stdout).to.match(/changed=0 .*failed=0/);
    });

    it("leaves apt no source but the bastion, by what apt itself says", async () => {
      const folder = rendered("apt");
      expect((await run(folder)).code).to.equal(0);
      const inside = 'mount --bind "$ETC" /etc; exec apt-get update --print-uris';
      const said = execFileSync("unshare", ["--mount", "sh", "-ec", inside], {
        env: { ...process.env, ETC: path.join(folder, "etc") },
        encoding: "utf8",
      });
      const asked = [...said.matchAll(/^'([^']+)'/gm)].map(([, url = ""]) => url);
      const releases = asked.filter((url) => url.endsWith("/InRelease"));
      expect(releases, said).to.have.lengthOf(3);
      for (const url of asked) {
        expect(url).to.match(/^http:\/\/bastion\.porto\.harbours\.example:80\/apt\/debian(-security)?\/dists\//);
      }
    });

    it("puts a key of the mirror's own into the source, or trusts the address where the site says so", async () => {
      const key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";
      const signed = rendered("key", { bastion: { packages: { by: "key", key } } });
      expect((await run(signed)).code).to.equal(0);
      expect(etcOf(signed, "apt/sources.list.d/edgewave.sources")).to.contain(
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n =abcd\n -----END PGP PUBLIC KEY BLOCK-----\n",
      );
      const trusting = rendered("address", { bastion: { packages: { by: "address" } } });
      expect((await run(trusting)).code).to.equal(0);
      expect(etcOf(trusting, "apt/sources.list.d/edgewave.sources"))
        .to.contain("Trusted: yes\n")
        .and.not.contain("Signed");
    });

    it("writes the client's key for root alone, and shows nothing of it", async () => {
      const folder = rendered("client", { bastion: { registryAuthentication: "certificate" } });
      const secret = "-----BEGIN PRIVATE KEY----- very secret";
      const { code, stdout, stderr } = await run(
        folder,
        { edgewave_registry_client_certificate: "a certificate", edgewave_registry_client_key: secret },
        ["--diff"],
      );
      expect(code, stderr).to.equal(0);
      expect(`${stdout}${stderr}`).not.to.contain("very secret");
      expect(etcOf(folder, "containerd/edgewave/client-key.pem")).to.equal(secret);
      const mode = execFileSync("stat", ["-c", "%a", path.join(folder, "etc/containerd/edgewave/client-key.pem")]);
      expect(mode.toString().trim()).to.equal("600");
    });

    it("leaves name resolution to Kubespray once that has set it up", async () => {
      const folder = rendered("resolv");
      expect((await run(folder)).code).to.equal(0);
      const file = path.join(folder, "etc", "resolv.conf");
      const kubesprays = "# Ansible entries BEGIN\nnameserver 10.233.0.3\n# Ansible entries END\n";
      writeFileSync(file, kubesprays);
      expect((await run(folder)).stdout).to.match(/changed=0 .*failed=0/);
      expect(readFileSync(file, "utf8")).to.equal(kubesprays);
    });
  });
});
