import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { inventoryPlan } from "../../../components/kubespray/plan";
import { profileOf } from "../../../profiles";
import { firstTime, needsAnsible, type Ansible } from "../../support/ansible";
import { withFolder } from "../../support/edgewave";
import { aRelease } from "../../support/fleet";
import { everySite } from "../samples";
import { kubesprayTypes } from "./kubesprayTypes";

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "map";
  return typeof value === "string" ? "text" : typeof value;
}

describe("the real ansible-inventory", function () {
  this.timeout(60_000);
  let ansible: Ansible;
  before(async function () {
    this.timeout(firstTime);
    ansible = await needsAnsible(this);
  });

  for (const { title, site } of everySite()) {
    it(`reads the inventory of ${title}: each node in its groups, each variable of the type that Kubespray has`, () =>
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
        for (const [node, variables] of Object.entries<Record<string, unknown>>(_meta.hostvars)) {
          for (const [name, value] of Object.entries(variables)) {
            if (name.startsWith("edgewave_")) continue;
            const [type, source] = kubesprayTypes[name] ?? ["unknown", "nowhere"];
            expect(typeOf(value), `${name} of ${node}, as in ${source}`).to.equal(type);
          }
        }
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
