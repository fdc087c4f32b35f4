import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { ComponentArgumentError } from "../../../components/argumentError";
import { KubesprayCluster } from "../../../components/kubespray/component";
import { orderSchema } from "../../../components/kubespray/day2/order";
import { specificationOf } from "../../../components/kubespray/day2/specification";
import { inventoryPlan } from "../../../components/kubespray/plan";
import { type ClusterRecord, emptyRecord, plannedSteps, stepLines } from "../../../components/kubespray/record";
import type { Release, ResolvedSite } from "../../../fleet/model";
import { profileOf } from "../../../profiles";
import { fieldSteps } from "../../../stacks/fieldSteps";
import { aRelease, aSite, type Overrides } from "../../support/fleet";
import { isSecret, ofType, record, valueOf } from "../recording";

const outputDirectory = "/srv/out/harbours/sites/porto";
const key = `ssh-ed25519 ${"A".repeat(68)}`;
const imageConfiguration = `sha256:${"1".repeat(64)}`;
const profile = profileOf("micro");

function fieldSite(overrides: Overrides<ResolvedSite> = {}): ResolvedSite {
  const site = aSite({ target: "field", bastion: { hostKeys: [key] }, ...overrides });
  return { ...site, nodes: site.nodes.map((node) => ({ ...node, hostKeys: [key] })) };
}

const specified = (site: ResolvedSite, release: Release = aRelease(), imagePath = "") =>
  specificationOf(
    site,
    release,
    profileOf(site.profile),
    inventoryPlan(site, release, profileOf(site.profile)),
    imagePath,
  );

const make = (site: ResolvedSite, known: ClusterRecord = emptyRecord) =>
  record((opts) => {
    const recordDirectory = "/srv/out/harbours/kubespray/porto";
    const runner = "/opt/edgewave/bin/edgewave-kubespray.js";
    const field = { record: known, recordDirectory, runner, proxy: "socks5://127.0.0.1:1080" };
    const args = { site, release: aRelease(), profile, imageConfiguration, outputDirectory, field };
    return new KubesprayCluster("kubespray", args, opts);
  });

describe("a field site's cluster", () => {
  it("is a command that gives the runner its order, without a secret in it, and whose output is one", async () => {
    const recording = await make(fieldSite());
    const command = ofType(recording, "command:local:Command").find(({ name }) => name === "kubespray-cluster");
    expect(command?.inputs["create"]).to.equal('exec node "$RUNNER" apply');
    expect(command?.inputs["update"]).to.equal(command?.inputs["create"]);
    expect(command?.inputs["delete"]).to.equal('exec node "$RUNNER" delete');
    expect(command?.inputs).not.to.have.property("triggers");
    const order = orderSchema.parse(JSON.parse(command?.inputs.stdin ?? ""));
    expect(order.wanted).to.deep.equal(specified(fieldSite(), aRelease(), imageConfiguration));
    expect(order).to.deep.include({ bastion: { user: "edge", address: "10.100.0.2", port: 22, hostKeys: [key] } });
    const { kubeconfig, driverKubeconfig } = recording.result;
    for (const secret of [kubeconfig, driverKubeconfig] as pulumi.Output<string>[]) {
      expect(await isSecret(secret)).to.equal(true);
    }
    expect(await valueOf(kubeconfig as pulumi.Output<string>)).not.to.contain("proxy-url");
    expect(await valueOf(driverKubeconfig as pulumi.Output<string>)).to.contain(
      '"proxy-url":"socks5://127.0.0.1:1080"',
    );
  });

  it("changes its order, and nothing else, with the release", async () => {
    const inputs = async (site: ResolvedSite) =>
      ofType(await make(site), "command:local:Command").find(({ name }) => name === "kubespray-cluster")?.inputs;
    const { stdin: one, ...before } = (await inputs(fieldSite())) ?? {};
    const { stdin: two, ...after } = (await inputs(fieldSite({ timeZone: "UTC" }))) ?? {};
    expect(one).not.to.equal(two);
    expect(after).to.deep.equal(before);
  });

  it("is refused before anything is made where a host key is missing", async () => {
    const { resources } = await record((opts) => {
      const site = aSite({ target: "field" });
      const field = { record: emptyRecord, recordDirectory: "/r", runner: "/x", proxy: undefined };
      const args = { site, release: aRelease(), profile, imageConfiguration, outputDirectory, field };
      expect(() => new KubesprayCluster("kubespray", args, opts)).to.throw(
        ComponentArgumentError,
        /EDGE-COMPONENT-014 .*bastion.hostKeys.*hostKeys.porto-cp-1/,
      );
    });
    expect(resources).to.deep.equal([]);
  });

  it("is refused before anything is made where Kubespray has no way, and the way out is told", async () => {
    const applied = specified(fieldSite(), aRelease(), imageConfiguration);
    const { resources } = await record((opts) => {
      const site = fieldSite({ network: { podCidr: "172.30.0.0/16" } });
      const known = { applied, run: null, kubeconfigEpoch: 0 };
      const field = { record: known, recordDirectory: "/r", runner: "/x", proxy: undefined };
      const args = { site, release: aRelease(), profile, imageConfiguration, outputDirectory, field };
      expect(() => new KubesprayCluster("kubespray", args, opts)).to.throw(
        /EDGE-COMPONENT-013 .*EDGE-DAY2-005 podCidr/,
      );
    });
    expect(resources).to.deep.equal([]);
  });
});

describe("the steps that a preview shows", () => {
  const applied = specified(fieldSite(), aRelease(), imageConfiguration);

  it("are none where the image path is the only thing that is not known yet", () => {
    expect(stepLines(plannedSteps({ ...emptyRecord, applied }, specified(fieldSite())))).to.deep.equal([
      "kubespray: nothing to run",
    ]);
  });

  it("are numbered and say why", () => {
    expect(stepLines(plannedSteps(emptyRecord, specified(fieldSite())))).to.deep.equal([
      "kubespray 1 of 2: prepare-nodes.yml: time, names and packages come before Kubespray",
      "kubespray 2 of 2: cluster.yml: the site has no cluster yet",
    ]);
  });

  it("lead through the releases on the way, where a minor version was missed", () => {
    const older = (kubernetes: string, kubespray: string, name: string) => aRelease({ kubernetes, kubespray, name });
    const first = specified(fieldSite(), older("1.33.7", "v2.30.0", "a"), imageConfiguration);
    const way = [older("1.34.3", "v2.30.0", "b"), older("1.35.4", "v2.31.0", "c")];
    const known = { ...emptyRecord, applied: first };
    expect(fieldSteps(fieldSite(), way, known).map((line) => line.replace(/ -e .*/, ""))).to.deep.equal([
      "release b: kubespray 1 of 1: upgrade-cluster.yml",
      "release c: kubespray 1 of 1: upgrade-cluster.yml",
    ]);
    expect(() => fieldSteps(fieldSite(), way.slice(1), known)).to.throw(/EDGE-DAY2-004/);
  });

  it("begin where a run died", () => {
    const wanted = specified(fieldSite(), aRelease(), imageConfiguration);
    const steps = plannedSteps(emptyRecord, wanted);
    const known = { applied: null, run: { wanted, steps, done: 1 }, kubeconfigEpoch: 0 };
    expect(plannedSteps(known, specified(fieldSite())).map(({ playbook }) => playbook)).to.deep.equal(["cluster.yml"]);
  });

  it("do not depend on what Ansible never sees, nor on how nodes are reached", () => {
    const moved = fieldSite({ labels: { a: "b" }, ssh: { user: "root" }, bastion: { sshPort: 2222, hostKeys: [key] } });
    expect(plannedSteps({ ...emptyRecord, applied }, specified(moved))).to.deep.equal([]);
  });
});

/** What a site's cluster gives when nobody works on it. */
describe("a rendered site's cluster", () => {
  it("has no command and no kubeconfig", async () => {
    const recording = await record((opts) => {
      const args = { site: aSite(), release: aRelease(), profile, imageConfiguration, outputDirectory };
      return new KubesprayCluster("kubespray", args, opts);
    });
    expect(recording.result.kubeconfig).to.equal(undefined);
    expect(ofType(recording, "command:local:Command").map(({ name }) => name)).not.to.include("kubespray-cluster");
    expect(await valueOf(recording.result.apiAddress)).to.equal("https://10.100.0.11:6443");
  });
});
