import { assert, expect } from "chai";
import fc from "fast-check";
import { type Day2Plan, planDay2, type PlanInputs } from "../../../../components/kubespray/day2/plan";
import type { ClusterSpecification } from "../../../../components/kubespray/day2/specification";
import { refusalText, stepText } from "../../../../components/kubespray/day2/step";
import { aSpecification, controlPlane, ModelCluster, specifications, stateOf, workerNode } from "./model";

const before = aSpecification();
const { digests, network } = before;

function plan(wanted: ClusterSpecification, inputs: Partial<PlanInputs> = {}): Day2Plan {
  return planDay2({ applied: before, started: null, dead: new Set(), lowestKubernetes: "1.32.0", wanted, ...inputs });
}

/** Steps as `plan` shows them, without their reasons. */
function commands(found: Day2Plan): string[] {
  assert(found.refusals === undefined, found.refusals?.map(refusalText).join("\n"));
  return found.steps.map((step) => stepText(step).replace(/: .*/, ""));
}

const prepare = "prepare-nodes.yml";
const three = [1, 2, 3].map(controlPlane);

describe("the playbooks that a site needs", () => {
  const table: readonly (readonly [string, Partial<ClusterSpecification>, readonly string[]])[] = [
    ["are none for what is there", {}, []],
    [
      "are facts.yml and a limited scale.yml for new workers",
      { nodes: [...before.nodes, workerNode(2), workerNode(3)] },
      [prepare, "playbooks/facts.yml", "scale.yml --limit porto-worker-2,porto-worker-3"],
    ],
    [
      "are remove-node.yml for a worker that left",
      { nodes: [controlPlane(1)] },
      ["remove-node.yml -e node=porto-worker-1 -e kube_version=1.34.3"],
    ],
    [
      "remove before they add",
      { nodes: [controlPlane(1), workerNode(2)] },
      [
        prepare,
        "remove-node.yml -e node=porto-worker-1 -e kube_version=1.34.3",
        "playbooks/facts.yml",
        "scale.yml --limit porto-worker-2",
      ],
    ],
    ["are cluster.yml for new control planes", { nodes: [...three, workerNode(1)] }, [prepare, "cluster.yml"]],
    [
      "are upgrade-cluster.yml for a new version, one node at a time on a small site",
      { kubernetes: "1.35.4", kubespray: "v2.31.0" },
      ["upgrade-cluster.yml -e kube_version=1.35.4 -e serial=1"],
    ],
    [
      "are upgrade-cluster.yml in Kubespray's own portions on a large site",
      { kubernetes: "1.34.9", small: false },
      ["upgrade-cluster.yml -e kube_version=1.34.9"],
    ],
    [
      "are upgrade-cluster.yml for a new Kubespray at the same version",
      { kubespray: "v2.31.0" },
      ["upgrade-cluster.yml -e kube_version=1.34.3 -e serial=1"],
    ],
    [
      "upgrade before nodes join, and take what else changed with them",
      {
        kubernetes: "1.35.4",
        nodes: [...before.nodes, workerNode(2)],
        digests: { ...digests, variables: "v2", mirrors: "m2", controlPlane: "c2" },
      },
      [
        prepare,
        "upgrade-cluster.yml -e kube_version=1.35.4 -e serial=1",
        "playbooks/facts.yml",
        "scale.yml --limit porto-worker-2",
      ],
    ],
    [
      "are cluster.yml --tags containerd for mirrors",
      { digests: { ...digests, mirrors: "m2" } },
      ["cluster.yml --tags containerd"],
    ],
    [
      "give nodes the new authority before containerd is told",
      { digests: { ...digests, imagePath: "i2" } },
      [prepare, "cluster.yml --tags containerd"],
    ],
    ["are only the preparation for time and names", { digests: { ...digests, preparation: "p2" } }, [prepare]],
    ["are cluster.yml for variables", { digests: { ...digests, variables: "v2", mirrors: "m2" } }, ["cluster.yml"]],
    [
      "make the API server take its arguments at once",
      { digests: { ...digests, controlPlane: "c2" } },
      ["cluster.yml -e upgrade_cluster_setup=true"],
    ],
  ];
  for (const [title, change, expected] of table) {
    it(title, () => expect(commands(plan({ ...before, ...change }))).to.deep.equal(expected));
  }

  it("are cluster.yml for a site without a cluster", () => {
    expect(commands(plan(before, { applied: null }))).to.deep.equal([prepare, "cluster.yml"]);
  });

  it("leave a dead node as it is and force it out", () => {
    const found = plan({ ...before, nodes: [controlPlane(1)] }, { dead: new Set(["porto-worker-1"]) });
    expect(commands(found)).to.deep.equal([
      "remove-node.yml -e node=porto-worker-1 -e kube_version=1.34.3 -e reset_nodes=false -e allow_ungraceful_removal=true",
    ]);
    expect(found.steps?.[0]?.reason).to.contain("does not answer");
  });

  it("take leaving control planes together, and tell the others", () => {
    const applied = aSpecification({ nodes: [...three, workerNode(1)] });
    expect(commands(plan(before, { applied }))).to.deep.equal([
      "remove-node.yml -e node=porto-cp-2,porto-cp-3 -e kube_version=1.34.3",
      "cluster.yml",
    ]);
  });

  it("put in order what a run left half-done when the site is to become something else", () => {
    const started = aSpecification({ nodes: [...before.nodes, workerNode(2)] });
    expect(commands(plan(before, { started }))).to.deep.equal([
      prepare,
      "remove-node.yml -e node=porto-worker-2 -e kube_version=1.34.3",
      "cluster.yml",
    ]);
  });

  it("say why each is run", () => {
    const { steps = [] } = plan({ ...before, kubernetes: "1.35.4" });
    expect(steps.map(stepText)).to.deep.equal([
      "upgrade-cluster.yml -e kube_version=1.35.4 -e serial=1: Kubernetes 1.34.3 to 1.35.4, a node at a time",
    ]);
  });
});

describe("a change that Kubespray cannot make", () => {
  const wide = aSpecification({ nodes: [...three, workerNode(1)] });
  type Row = readonly [string, ClusterSpecification, Partial<ClusterSpecification>, RegExp];
  const table: readonly Row[] = [
    ["removing the first control plane", wide, { nodes: [controlPlane(2)] }, /EDGE-DAY2-001 porto-cp-1 is the first/],
    [
      "putting another control plane first",
      wide,
      { nodes: [controlPlane(2), controlPlane(1), controlPlane(3)] },
      /EDGE-DAY2-001 porto-cp-1 would not be the first/,
    ],
    ["an even number of etcd members", before, { nodes: [1, 2].map(controlPlane) }, /EDGE-DAY2-002 .*2 members/],
    ["a downgrade", before, { kubernetes: "1.33.7" }, /EDGE-DAY2-003 Kubernetes 1\.34\.3 to 1\.33\.7 is a downgrade/],
    ["an older Kubespray", before, { kubespray: "v2.29.1" }, /EDGE-DAY2-003 Kubespray v2\.30\.0 to v2\.29\.1/],
    [
      "two minor versions at once",
      before,
      { kubernetes: "1.36.0" },
      /EDGE-DAY2-004 .* Take the site through a release/,
    ],
    ["two tags of Kubespray at once", before, { kubespray: "v2.32.0" }, /EDGE-DAY2-004 Kubespray/],
    [
      "another pod network",
      before,
      { network: { ...network, podCidr: "10.0.0.0/16" } },
      /EDGE-DAY2-005 podCidr .*rebuild/,
    ],
    [
      "another service network",
      before,
      { network: { ...network, serviceCidr: "10.0.0.0/16" } },
      /DAY2-005 serviceCidr/,
    ],
    ["another network plugin", before, { network: { ...network, plugin: "cilium" } }, /DAY2-005 network plugin calico/],
    ["another address of the API", before, { network: { ...network, apiVip: "10.1.1.1" } }, /DAY2-005 apiVip \(none\)/],
    ["another architecture", before, { architecture: "arm64" }, /EDGE-DAY2-005 architecture/],
    [
      "another address of a node",
      before,
      { nodes: [controlPlane(1), { ...workerNode(1), address: "10.100.0.99" }] },
      /EDGE-DAY2-006 porto-worker-1 \(worker at 10\.100\.0\.21\) cannot become worker at 10\.100\.0\.99/,
    ],
    [
      "another role of a node",
      wide,
      { nodes: [...three, { ...workerNode(1), controlPlane: true }, controlPlane(4)] },
      /EDGE-DAY2-006 porto-worker-1/,
    ],
    [
      "replacing most of etcd at once",
      wide,
      { nodes: [controlPlane(1), controlPlane(4), controlPlane(5), workerNode(1)] },
      /EDGE-DAY2-009 2 of 3 control planes/,
    ],
    [
      "an upgrade while a member of etcd is replaced",
      wide,
      { kubernetes: "1.35.4", nodes: [controlPlane(1), controlPlane(2), controlPlane(4), workerNode(1)] },
      /EDGE-DAY2-009 an upgrade while porto-cp-3/,
    ],
  ];
  for (const [title, applied, change, expected] of table) {
    it(`is ${title}, and the way out is told`, () => {
      const { refusals = [] } = plan({ ...applied, ...change }, { applied });
      expect(refusals.map(refusalText).join("\n")).to.match(expected);
    });
  }

  it("is removing nodes with a Kubespray that does not know the cluster's version", () => {
    const wanted = { ...before, kubespray: "v2.31.0", nodes: [controlPlane(1)] };
    const { refusals } = plan(wanted, { lowestKubernetes: "1.35.0" });
    expect(refusals?.map(({ code }) => code)).to.deep.equal(["EDGE-DAY2-008"]);
  });

  it("is turning back in the middle of an upgrade", () => {
    const { refusals } = plan(before, { started: { ...before, kubernetes: "1.35.4" } });
    expect(refusals?.map(refusalText).join()).to.match(/EDGE-DAY2-007 the upgrade to Kubernetes 1\.35\.4/);
  });

  it("is giving up nodes in the middle of the first installation", () => {
    const { refusals } = plan({ ...before, nodes: [controlPlane(1)] }, { applied: null, started: before });
    expect(refusals?.map(refusalText).join()).to.match(/EDGE-DAY2-007 .*porto-worker-1 did not end/);
  });

  it("is told all at once", () => {
    const wanted = { ...before, kubernetes: "1.33.7", architecture: "arm64" as const, nodes: [1, 2].map(controlPlane) };
    expect(plan(wanted).refusals?.map(({ code }) => code)).to.have.members([
      "EDGE-DAY2-002",
      "EDGE-DAY2-003",
      "EDGE-DAY2-005",
    ]);
  });
});

describe("any two specifications", () => {
  const dead = fc.subarray([1, 2, 3, 4, 5].flatMap((number) => [workerNode(number).name, controlPlane(number).name]));
  const isAlive = (wanted: ClusterSpecification, names: readonly string[]) =>
    new Set(names.filter((name) => !wanted.nodes.some((node) => node.name === name)));

  it("have steps that end at the wanted one as Kubespray works, or a refusal", () => {
    let ways = 0;
    fc.assert(
      fc.property(fc.option(specifications), specifications, dead, (applied, wanted, names) => {
        const gone = isAlive(wanted, names);
        const found = plan(wanted, { applied, dead: gone });
        if (found.refusals !== undefined) {
          expect(found.refusals).to.have.length.above(0);
          return;
        }
        ways += 1;
        const cluster = new ModelCluster(applied);
        for (const step of found.steps) cluster.run(step, wanted, gone);
        expect(cluster.state).to.deep.equal(stateOf(wanted));
        const last = found.steps.at(-1);
        if (last !== undefined) expect(last.result).to.deep.equal(wanted);
      }),
      { numRuns: 3000 },
    );
    expect(ways).to.be.above(100);
  });

  it("need nothing once the steps are done", () => {
    fc.assert(
      fc.property(specifications, (wanted) => {
        expect(plan(wanted, { applied: wanted })).to.deep.equal({ steps: [] });
      }),
    );
  });

  it("have a way on from every step in which a run died, unless the way was refused", () => {
    fc.assert(
      fc.property(specifications, specifications, fc.nat(), (applied, wanted, at) => {
        const { steps = [] } = plan(wanted, { applied });
        if (steps.length === 0) return;
        const done = at % steps.length;
        const reached = done === 0 ? applied : (steps[done - 1]?.result ?? null);
        const again = plan(wanted, { applied: reached, started: wanted });
        assert(again.refusals === undefined, again.refusals?.map(refusalText).join());
        const cluster = new ModelCluster(applied);
        for (const step of [...steps.slice(0, done), ...again.steps]) cluster.run(step, wanted, new Set());
        expect(cluster.state).to.deep.equal(stateOf(wanted));
      }),
      { numRuns: 1000 },
    );
  });
});
