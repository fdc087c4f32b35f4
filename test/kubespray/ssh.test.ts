import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { knownHostsText, sshConfig } from "../../kubespray/ssh/config";
import { sshTrouble } from "../../kubespray/ssh/said";

const key = `ssh-ed25519 ${"A".repeat(68)}`;
const bastion = { user: "edge", address: "10.1.0.2", port: 2222, hostKeys: [key] };
const ssh = { user: "root", port: 22 };
const nodes = [{ name: "cp", address: "10.1.0.11" }];
const files = { key: "/keys/50% off", knownHosts: "/run/ew/known_hosts", sockets: "/run/ew/cp", silenceSeconds: 60 };

describe("the configuration of ssh", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "edgewave-ssh-"));
  after(() => rmSync(folder, { recursive: true }));
  /** As OpenSSH itself reads it. */
  const read = (host: string) => {
    const file = path.join(folder, "config");
    writeFileSync(file, sshConfig({ bastion, ssh }, nodes, files));
    return execFileSync("ssh", ["-F", file, "-G", host], { encoding: "utf8" }).split("\n");
  };

  it("leads to nodes through the bastion, with known host keys and the one key only", () => {
    expect(read("10.1.0.11")).to.include.members([
      "user root",
      "port 22",
      "proxyjump edge@[10.1.0.2]:2222",
      "stricthostkeychecking true",
      "userknownhostsfile /run/ew/known_hosts",
      "globalknownhostsfile /dev/null",
      "identityfile /keys/50%% off",
      "identitiesonly yes",
      "forwardagent no",
      "batchmode yes",
      "serveraliveinterval 15",
    ]);
  });

  it("leads to the bastion at once, over a connection that is shared", () => {
    const lines = read("10.1.0.2");
    expect(lines).to.include.members(["user edge", "port 2222", "controlmaster auto", "controlpath /run/ew/cp/b"]);
    expect(lines.filter((line) => line.startsWith("proxyjump"))).to.deep.equal([]);
  });

  it("knows the hosts of the order and no others", () => {
    expect(knownHostsText({ bastion, ssh, hostKeys: { cp: [key], other: [key] } }, nodes)).to.equal(
      `[10.1.0.2]:2222 ${key}\n10.1.0.11 ${key}\n`,
    );
  });
});

describe("what ssh says when it does not get through", () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    ["ssh: connect to host 10.1.0.2 port 22: Connection refused", "silent", /^ECONNREFUSED \(ssh: connect/],
    ["ssh: connect to host 10.1.0.2 port 22: Connection timed out", "silent", /^ETIMEDOUT/],
    ["ssh: connect to host 10.1.0.2 port 22: No route to host", "silent", /^EHOSTUNREACH/],
    ["Connection timed out during banner exchange", "silent", /^ETIMEDOUT/],
    ["Timeout, server 10.1.0.2 not responding.", "silent", /^ETIMEDOUT/],
    [
      "No ED25519 host key is known for 10.1.0.2 and you have requested strict checking.\nHost key verification failed.",
      "host-key",
      /No ED25519 host key is known/,
    ],
    [
      "@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key for 10.1.0.2 has changed\nHost key verification failed.",
      "host-key",
      /Host key for 10\.1\.0\.2/,
    ],
    ["edge@10.1.0.2: Permission denied (publickey).", "login", /Permission denied/],
    ["kex_exchange_identification: Connection closed by remote host", "other", /kex_exchange/],
    ["", "other", /without a word/],
  ];
  for (const [said, kind, why] of table) {
    it(`is ${kind}: ${said.split("\n")[0]}`, () => {
      const trouble = sshTrouble(said);
      expect(trouble.kind).to.equal(kind);
      expect(trouble.why).to.match(why);
    });
  }
});
