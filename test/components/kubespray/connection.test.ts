import { expect } from "chai";
import { ComponentArgumentError } from "../../../components/argumentError";
import { connectionOf } from "../../../components/kubespray/connection";
import { refuseTemplates } from "../../../components/kubespray/templates";
import { aSite } from "../../support/fleet";

describe("connection", () => {
  it("jumps through the bastion and checks host keys", () => {
    expect(connectionOf(aSite({ bastion: { sshUser: "jump", sshPort: 2222 }, ssh: { port: 2200 } }))).to.deep.equal({
      ansible_user: "edge",
      ansible_port: 2200,
      ansible_become: true,
      ansible_ssh_common_args: "-o ProxyJump=jump@10.100.0.2:2222 -o StrictHostKeyChecking=yes",
    });
  });

  const hostile: readonly (readonly [string, Parameters<typeof aSite>[0]])[] = [
    ["bastion.sshUser", { bastion: { sshUser: "edge -o ProxyCommand=sh" } }],
    ["bastion.sshUser", { bastion: { sshUser: "-oProxyCommand=sh" } }],
    ["bastion.address", { bastion: { address: "10.0.0.1 -o X=y" } }],
    ["bastion.sshPort", { bastion: { sshPort: 0 } }],
    ["ssh.user", { ssh: { user: "root;id" } }],
    ["ssh.port", { ssh: { port: 70_000 } }],
  ];
  for (const [where, overrides] of hostile) {
    it(`refuses ${JSON.stringify(overrides)}`, () => {
      expect(() => connectionOf(aSite(overrides))).to.throw(ComponentArgumentError, where);
    });
  }

  it("names everything that is wrong at once", () => {
    const site = aSite({ bastion: { sshUser: "a b" }, ssh: { user: "c d", port: -1 } });
    expect(() => connectionOf(site)).to.throw(/bastion\.sshUser "a b", ssh\.user "c d", ssh\.port -1/);
  });
});

describe("text that Ansible would run", () => {
  for (const text of ["{{ lookup('pipe', 'id') }}", "x{% if a %}", "{# c #}"]) {
    it(`is refused: ${text}`, () => {
      expect(() => refuseTemplates(aSite({ timeZone: text }))).to.throw(ComponentArgumentError, "timeZone");
      expect(() => refuseTemplates(aSite({ network: { dnsServers: ["10.0.0.1", text] } }))).to.throw(
        "network.dnsServers.1",
      );
      expect(() => refuseTemplates(aSite({ labels: { [text]: "x" } }))).to.throw("EDGE-COMPONENT-012");
    });
  }

  it("is not what an ordinary site has", () => expect(() => refuseTemplates(aSite())).not.to.throw());
});
