import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { assert, expect } from "chai";

import { EmbeddedPulumiCommand } from "../../../engine";
import { kubernetesProvider } from "../../../engine/providers/kubernetes/provider";
import type { Checkpoint, StateResource } from "../../../rollout/runner/checkpoint";
import { siteLayout } from "../../../rollout/runner/layout";
import type { Answer, Verb, WorkerRequest } from "../../../rollout/runner/messages";
import { openByAutomation } from "../../../rollout/runner/openStack";
import { runStack } from "../../../rollout/runner/stackRun";
import { RunFailed, SiteUnreachable } from "../../../rollout/stackRunner";
import { StandIn } from "../../engine/providers/kubernetes/cluster/standIn";
import { aFleet, aRelease, aSite } from "../../support/fleet";

interface State {
  readonly checkpoint: { latest: { resources: StateResource[]; pending_operations?: object[] } };
}

describe("a site with a cluster", function () {
  this.timeout(60_000);
  let out: string;
  let cluster: StandIn;
  let kubeconfig: string;
  let token = 0;
  const map = "/api/v1/namespaces/edge/configmaps/named";

  before(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-cluster-"));
    cluster = await StandIn.start();
    kubeconfig = cluster.kubeconfig;
    await writeFile(join(out, "Pulumi.yaml"), "name: edgewave\nruntime: nodejs\n");
    await mkdir(join(out, "scratch"));
  });
  after(async () => {
    await cluster.stop();
    await rm(out, { recursive: true });
  });

  /** As a worker runs it, but in this process. */
  async function run<V extends Verb>(verb: V, bastion = "10.100.0.2"): Promise<Answer<V>> {
    token += 1;
    const request: WorkerRequest = {
      site: aSite({ target: "cluster", bastion: { address: bastion } }),
      release: aRelease(),
      fleet: aFleet(),
      signers: [],
      fencingToken: token,
      touched: false,
      verb,
      outputDirectory: out,
      fleetFolder: out,
      projectFile: join(out, "Pulumi.yaml"),
      parallel: 4,
      lockWait: 1000,
      scratch: join(out, "scratch"),
    };
    const environment = { PULUMI_CONFIG_PASSPHRASE: "horse", PATH: process.env["PATH"] ?? "", HOME: out };
    const command = new EmbeddedPulumiCommand({ providers: [kubernetesProvider()], baseEnv: environment });
    const openStack = openByAutomation({
      pulumiCommand: command as unknown as PulumiCommand,
      environment,
      program: () => async () => {
        const provider = new k8s.Provider("site", { kubeconfig, enableServerSideApply: true });
        const ns = new k8s.core.v1.Namespace("edge", { metadata: { name: "edge" } }, { provider });
        const metadata = { name: "named", namespace: ns.metadata.name };
        new k8s.core.v1.ConfigMap("named", { metadata, data: { a: "1" } }, { provider });
      },
    });
    const signal = new AbortController().signal;
    return (await runStack(request, { openStack, environment, signal, onProgress: () => undefined })) as Answer<V>;
  }

  const stateFile = () => siteLayout(out, "porto").checkpoint;
  const readState = async () => JSON.parse(await readFile(stateFile(), "utf8")) as State & Checkpoint;
  /** What a run leaves that is killed after it has asked for the ConfigMap, and before it has heard of it. */
  async function interrupt(): Promise<void> {
    const state = await readState();
    const { latest } = state.checkpoint;
    const made = latest.resources.find(({ urn }) => urn.endsWith("::named"));
    const { id: _id, outputs: _outputs, ...resource } = made as StateResource & { outputs?: object };
    latest.resources = latest.resources.filter((other) => other !== made);
    latest.pending_operations = [{ type: "creating", resource }];
    await writeFile(stateFile(), JSON.stringify(state));
  }

  it("is made, and does not differ from what was made", async () => {
    expect((await run("up")).changes).to.deep.equal({ create: 4 });
    expect(await run("drift")).to.deep.include({ changes: { same: 4 }, entries: [], notes: [] });
  });

  it("takes an object for its own that a killed run had made, and makes none twice", async () => {
    const { uid } = cluster.object(map).metadata;
    await interrupt();
    const { changes, notes } = await run("up");
    expect(notes).to.deep.equal(["read the site's state anew, because an interrupted run left creating named"]);
    expect(changes).to.deep.equal({ same: 4 });
    expect(cluster.object(map).metadata.uid).to.equal(uid);
    expect((await readState()).checkpoint.latest.pending_operations).to.equal(undefined);
  });

  it("makes an object that a killed run had not come to make", async () => {
    await interrupt();
    cluster.objects.delete(map);
    expect((await run("up")).changes).to.deep.equal({ same: 3, create: 1 });
    expect(cluster.object(map)["data"]).to.deep.equal({ a: "1" });
  });

  it("differs where somebody has changed or removed an object, and comparing changes nothing", async () => {
    cluster.object(map)["data"] = { a: "2" };
    const before = await readFile(stateFile(), "utf8");
    const changed = await run("drift");
    expect(changed.entries).to.deep.equal([
      { found: "refresh", op: "update", type: "kubernetes:core/v1:ConfigMap", name: "named", paths: ["data.a"] },
    ]);
    expect(changed.changes).to.deep.equal({ update: 1, same: 3 });
    cluster.objects.delete(map);
    const removed = await run("drift");
    expect(removed.entries).to.deep.include({
      found: "refresh",
      op: "delete",
      type: "kubernetes:core/v1:ConfigMap",
      name: "named",
      paths: [],
    });
    expect(cluster.objects.has(map)).to.equal(false);
    expect(await readFile(stateFile(), "utf8")).to.equal(before);
  });

  it("is unreachable if nobody answers at one of its entrances, and has failed if that is elsewhere", async () => {
    await cluster.stop();
    const failure: unknown = await run("drift", "127.0.0.1").catch((error: unknown) => error);
    assert(failure instanceof SiteUnreachable, String(failure));
    expect(failure.message).to.contain("ECONNREFUSED");
    expect(await run("drift").catch((error: unknown) => error)).to.be.instanceOf(RunFailed);
    cluster = await StandIn.start();
  });
});
