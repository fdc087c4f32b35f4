import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { kubernetesProvider } from "../../../../../engine/providers/kubernetes/provider";
import { Bench } from "../../../support/workspace";
import { StandIn } from "./standIn";

/** The program that the official CLI was recorded with, against a cluster. */
function program(kubeconfig: string, step: number) {
  return async () => {
    const provider = new k8s.Provider("site", { kubeconfig, enableServerSideApply: true });
    const own = { provider };
    const ns = new k8s.core.v1.Namespace("edge", { metadata: { name: "edge" } }, own);
    const namespace = ns.metadata.name;
    const data = { step: String(step) };
    new k8s.core.v1.ConfigMap("named", { metadata: { name: "named", namespace }, data }, own);
    const auto = new k8s.core.v1.ConfigMap("auto", { metadata: { namespace }, data: { a: "1" } }, own);
    const stringData = { token: pulumi.secret("abc") };
    new k8s.core.v1.Secret("token", { metadata: { name: "token", namespace }, stringData }, own);
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    new k8s.rbac.v1.ClusterRole("reader", { metadata: { name: "edge-reader" }, rules }, own);
    const annotations = { "pulumi.com/skipAwait": "true" };
    const spec = { ports: [{ port: 80 }], selector: { app: "x" } };
    new k8s.core.v1.Service("svc", { metadata: { name: "svc", namespace, annotations }, spec }, own);
    const definition = new k8s.apiextensions.v1.CustomResourceDefinition(
      "widgets",
      {
        metadata: { name: "widgets.edge.test" },
        spec: {
          group: "edge.test",
          scope: "Namespaced",
          names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
          versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
        },
      },
      own,
    );
    new k8s.apiextensions.CustomResource(
      "widget",
      { apiVersion: "edge.test/v1", kind: "Widget", metadata: { name: "w", namespace }, spec: { size: step } },
      { provider, dependsOn: [definition] },
    );
    return { autoName: auto.metadata.name, uid: ns.metadata.uid };
  };
}

describe("a whole run against a cluster", function () {
  this.timeout(90_000);

  it("makes everything once, changes what the program changes, finds drift and takes everything away", async () => {
    const cluster = await StandIn.start();
    try {
      await Bench.with([kubernetesProvider()], async (bench) => {
        const changes = async (work: Promise<{ summary: { resourceChanges?: object } }>) =>
          (await work).summary.resourceChanges;
        const first = await bench.stack(program(cluster.kubeconfig, 1));
        const { changeSummary } = await first.preview();
        expect(changeSummary).to.deep.equal({ create: 10 });
        expect(cluster.objects.size).to.equal(0);
        const up = await first.up();
        expect(up.summary.resourceChanges).to.deep.equal({ create: 10 });
        expect(up.outputs["autoName"]?.value).to.match(/^auto-[0-9a-f]{8}$/);
        const secret = await bench.resource("token");
        expect(JSON.stringify(secret)).to.not.include(Buffer.from("abc").toString("base64"));
        expect(await changes(first.up())).to.deep.equal({ same: 10 });

        const second = await bench.stack(program(cluster.kubeconfig, 2));
        // As recorded: a ConfigMap's data is replaced, a custom resource is updated.
        expect(await changes(second.up())).to.deep.equal({ same: 8, replace: 1, update: 1 });
        expect(cluster.object("/apis/edge.test/v1/namespaces/edge/widgets/w")["spec"]).to.deep.equal({ size: 2 });

        cluster.object("/apis/edge.test/v1/namespaces/edge/widgets/w")["spec"] = { size: 9 };
        await second.refresh();
        expect(await changes(second.up())).to.deep.equal({ same: 9, update: 1 });
        expect(cluster.object("/apis/edge.test/v1/namespaces/edge/widgets/w")["spec"]).to.deep.equal({ size: 2 });

        await second.destroy();
        expect([...cluster.objects.keys()]).to.deep.equal([]);
      });
    } finally {
      await cluster.stop();
    }
  });
});
