import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { inventoryPlan } from "../../../components/kubespray/plan";
import { profileOf } from "../../../profiles";
import { firstTime, needsAnsible, type Ansible } from "../../support/ansible";
import { withFolder } from "../../support/edgewave";
import { aRelease } from "../../support/fleet";
import { everySite } from "../samples";

describe("the real ansible-inventory", function () {
  this.timeout(60_000);
  let ansible: Ansible;
  before(async function () {
    this.timeout(firstTime);
    ansible = await needsAnsible(this);
  });

  for (const { title, site } of everySite()) {
    it(`reads the inventory of ${title}: each node in its groups, with its variables`, () =>
      withFolder(async (folder) => {
        for (const { path: name, content } of inventoryPlan(site, aRelease(), profileOf(site.profile))) {
          await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
          await writeFile(path.join(folder, name), content);
        }
        const { code, stdout, stderr } = await ansible.run("ansible-inventory", [
          "--inventory",
          path.join(folder, "inventory", "hosts.yaml"),
          "--list",
        ]);
        expect(stderr).to.equal("");
        expect(code).to.equal(0);
        const { _meta, ...groups } = JSON.parse(stdout);
        const inGroup = (role: string) => site.nodes.filter(({ roles }) => (roles as string[]).includes(role));
        const names = inGroup("control-plane").map(({ name }) => name);
        expect(groups.kube_control_plane.hosts).to.deep.equal(names);
        expect(groups.etcd.hosts).to.deep.equal(names);
        for (const node of site.nodes) {
          const variables = _meta.hostvars[node.name];
          expect(variables).to.include({ ansible_host: node.address, ip: node.address, access_ip: node.address });
          expect(variables).to.include({ kube_network_plugin: "calico", etcd_deployment_type: "host" });
        }
      }));
  }
});
