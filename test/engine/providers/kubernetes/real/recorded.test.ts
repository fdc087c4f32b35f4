import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { PropertyMap } from "../../../../../engine/property/value";
import { objectOf } from "../../../../../engine/providers/kubernetes/object";
import { decided } from "../../../support/decided";
import { steps, summary } from "../../../support/events";
import { RecordedProgram } from "../../../support/official";
import type { CheckpointResource } from "../../../support/workspace";
import { recordedResources } from "../../recording";
import { describeControllers, RealCluster } from "./cluster";

const data = join(__dirname, "../../../../data/official/cluster");

describeControllers("the program that the official CLI was recorded with against a cluster", function () {
  this.timeout(300_000);
  let cluster: RealCluster;
  before(async () => void (cluster = await RealCluster.get()));

  const recorded = async (work: (program: RecordedProgram) => Promise<void>) =>
    await RecordedProgram.with("cluster", work, { KUBECONFIG_JSON: cluster.kubeconfig });
  // The recording's cluster is another than ours, under the same provider.
  const here = (text: string): string => {
    const state = JSON.parse(text) as { checkpoint: { latest: { resources: CheckpointResource[] } } };
    for (const { type, inputs, outputs } of state.checkpoint.latest.resources) {
      if (type !== "pulumi:providers:kubernetes") continue;
      for (const values of [inputs, outputs]) (values as Record<string, unknown>)["kubeconfig"] = cluster.kubeconfig;
    }
    return JSON.stringify(state);
  };

  it("leaves the same state when this engine runs it, and nothing behind when it is destroyed", async () => {
    await recorded(async (program) => {
      await program.run(1, "stack", "init", "dev");
      await program.run(1, "preview");
      await program.run(1, "up", "--yes", "--skip-preview");
      expect(decided(await program.resources(), false)).to.deep.equal(
        decided(await program.recorded("2-up.state.json"), false),
      );
      expect(JSON.stringify(await program.resources())).to.not.include(Buffer.from("abc").toString("base64"));
      await program.run(1, "up", "--yes", "--skip-preview", "--expect-no-changes");
      await program.run(1, "preview", "--refresh", "--expect-no-changes");
      await program.run(2, "up", "--yes", "--skip-preview");
      expect(decided(await program.resources(), false)).to.deep.equal(
        decided(await program.recorded("5-up-changed.state.json"), false),
      );
      await program.run(2, "refresh", "--yes", "--expect-no-changes");
      await program.run(2, "destroy", "--yes");
      expect(await program.resources()).to.deep.equal([]);
      expect(await cluster.find("v1", "Namespace", "", "edge")).to.equal(undefined);
    });
  });

  it("goes on from the official CLI's state, with nothing to do before the change", async () => {
    await made(cluster);
    await recorded(async (program) => {
      await program.begin("2-up.state.json", here);
      await program.run(1, "preview", "--expect-no-changes");
      await program.run(1, "up", "--yes", "--skip-preview", "--expect-no-changes");
      const log = join(program.folder, "events.jsonl");
      await program.run(2, "up", "--yes", "--skip-preview", "--event-log", log);
      expect(decided(await program.resources(), true)).to.deep.equal(
        decided(await program.recorded("5-up-changed.state.json"), true),
      );
      const theirs = readFileSync(join(data, "5-up-changed.events.jsonl"), "utf8");
      const mine = readFileSync(log, "utf8");
      expect(steps(mine).sort()).to.deep.equal(steps(theirs).sort());
      expect(summary(mine)).to.deep.equal(summary(theirs));
      await program.run(2, "destroy", "--yes");
      expect(await program.resources()).to.deep.equal([]);
    });
  });
});

/** Makes the recorded objects as the official provider made them. */
async function made(cluster: RealCluster): Promise<void> {
  const plural: Record<string, string> = {
    Namespace: "namespaces",
    ClusterRole: "clusterroles",
    CustomResourceDefinition: "customresourcedefinitions",
    Secret: "secrets",
    ConfigMap: "configmaps",
    Service: "services",
    Widget: "widgets",
  };
  for (const { type, inputs } of await recordedResources("cluster", "2-up")) {
    if (type.startsWith("pulumi:")) continue;
    const object = objectOf(inputs) as PropertyMap & { metadata: { name: string; namespace?: string } };
    const { apiVersion, kind, metadata } = object as unknown as { apiVersion: string; kind: string } & typeof object;
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const within = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    const at = `${root}${within}/${plural[kind]}`;
    // A definition is served a moment after it is made.
    await cluster.until(async () => {
      await cluster.send("POST", `${at}?fieldManager=pulumi-kubernetes`, object);
      return await cluster.find(apiVersion, kind, metadata.namespace ?? "", metadata.name).catch(() => undefined);
    });
  }
}
