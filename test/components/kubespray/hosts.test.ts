import { expect } from "chai";
import fc from "fast-check";
import { ComponentArgumentError } from "../../../components/argumentError";
import { inventoryOf } from "../../../components/kubespray/hosts";
import type { SiteNode } from "../../../fleet/model";
import { profileOf } from "../../../profiles";
import { aSite } from "../../support/fleet";
import { profileNames } from "../samples";

const groupsOf = (site: ReturnType<typeof aSite>) => {
  const { hosts, children } = inventoryOf(site, profileOf(site.profile).nodes.controlPlaneWorks).all;
  return {
    hosts: Object.keys(hosts),
    controlPlanes: Object.keys(children.kube_control_plane.hosts),
    etcd: Object.keys(children.etcd.hosts),
    nodes: Object.keys(children.kube_node.hosts),
    cluster: Object.keys(children.k8s_cluster.children),
  };
};

const node = (name: string, roles: SiteNode["roles"], address = "10.100.0.11"): SiteNode => {
  return { name, address, roles, cpu: 4, memoryMiB: 8192, diskGiB: 128 };
};

describe("inventory", () => {
  it("puts a single node into all three groups, so that it has no taint", () => {
    expect(groupsOf(aSite({ profile: "micro" }))).to.deep.equal({
      hosts: ["porto-cp-1"],
      controlPlanes: ["porto-cp-1"],
      etcd: ["porto-cp-1"],
      nodes: ["porto-cp-1"],
      cluster: ["kube_control_plane", "kube_node"],
    });
  });

  it("keeps workloads off the control plane of larger sites", () => {
    for (const profile of profileNames.filter((name) => name !== "micro")) {
      const { controlPlanes, etcd, nodes } = groupsOf(aSite({ profile }));
      expect(etcd).to.deep.equal(controlPlanes);
      expect(nodes.filter((name) => controlPlanes.includes(name))).to.deep.equal([]);
      expect(nodes).not.to.deep.equal([]);
    }
  });

  it("lets a control plane of a working profile carry workloads even if its file does not say so", () => {
    expect(groupsOf(aSite({ profile: "micro", nodes: [node("one", ["control-plane"])] })).nodes).to.deep.equal(["one"]);
  });

  it("gives each host its address and members of etcd a name that is their own", () => {
    const { hosts } = inventoryOf(aSite({ profile: "mini" }), false).all;
    expect(hosts["porto-cp-1"]).to.deep.equal({
      ansible_host: "10.100.0.11",
      ip: "10.100.0.11",
      access_ip: "10.100.0.11",
      etcd_member_name: "etcd-porto-cp-1",
    });
    expect(hosts["porto-worker-1"]).not.to.have.property("etcd_member_name");
  });

  it("keeps what a host is when the order of the nodes changes", () => {
    const { nodes } = aSite({ profile: "ha-edge" });
    fc.assert(
      fc.property(fc.shuffledSubarray([...nodes], { minLength: nodes.length }), (shuffled) => {
        const before = inventoryOf(aSite({ profile: "ha-edge" }), false).all;
        const after = inventoryOf(aSite({ profile: "ha-edge", nodes: shuffled }), false).all;
        expect(after).to.deep.equal(before);
        expect(Object.keys(after.hosts)).to.deep.equal(shuffled.map(({ name }) => name));
      }),
    );
  });

  const wrong: readonly (readonly [string, Parameters<typeof aSite>[0], string])[] = [
    ["without a control plane", { nodes: [node("a", ["worker"])] }, "0 control planes"],
    [
      "with two control planes",
      { nodes: [node("a", ["control-plane"]), node("b", ["control-plane", "worker"], "10.100.0.12")] },
      "2 control planes; etcd needs an odd number",
    ],
    [
      "with nothing that can carry workloads",
      { profile: "mini", nodes: [node("a", ["control-plane"])] },
      "no node can carry workloads",
    ],
    [
      "with several control planes and no virtual address",
      { profile: "standard", network: { apiVip: undefined } },
      "network.apiVip",
    ],
  ];
  for (const [title, overrides, message] of wrong) {
    it(`is refused for a site ${title}`, () => {
      const site = aSite(overrides);
      const works = profileOf(site.profile).nodes.controlPlaneWorks;
      expect(() => inventoryOf(site, works)).to.throw(ComponentArgumentError, message);
    });
  }
});
