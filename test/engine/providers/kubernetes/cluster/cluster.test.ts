import { expect } from "chai";
import { isMap } from "../../../../../engine/property/shape";
import { Secret, Unknown } from "../../../../../engine/property/value";
import type { PropertyMap } from "../../../../../engine/property/value";
import { kubernetesProvider } from "../../../../../engine/providers/kubernetes/provider";
import { PartialFailure } from "../../../../../engine/providers/provider";
import type { ConfiguredProvider } from "../../../../../engine/providers/provider";
import { recordedResources, recordingContext } from "../../recording";
import { StandIn } from "./standIn";

const seed = new Uint8Array(32);
const token = "kubernetes:core/v1:ConfigMap";
const urn = `urn:pulumi:dev::p::${token}::settings`;
const map = (data: PropertyMap, metadata: PropertyMap = {}): PropertyMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "edge", ...metadata },
  data,
});
const at = "/api/v1/namespaces/edge/configmaps/settings";

describe("the kubernetes provider against a cluster", function () {
  this.timeout(30_000);
  let cluster: StandIn;
  let provider: ConfiguredProvider;
  const context = recordingContext();

  beforeEach(async () => {
    cluster = await StandIn.start();
    provider = await kubernetesProvider().configure({ kubeconfig: cluster.kubeconfig }, context);
    await create("kubernetes:core/v1:Namespace", { apiVersion: "v1", kind: "Namespace", metadata: { name: "edge" } });
  });
  afterEach(async () => {
    await provider.close();
    await cluster.stop();
  });

  const create = async (type: string, inputs: PropertyMap, preview = false, timeout = 0, own = context) =>
    await provider.create({ urn, type, name: "settings", inputs, timeout, preview }, own);
  const update = async (old: PropertyMap, newInputs: PropertyMap, preview = false, ignoreChanges: string[] = []) =>
    await provider.update(
      {
        urn,
        type: token,
        id: "edge/settings",
        oldInputs: (old["__inputs"] ?? {}) as PropertyMap,
        oldOutputs: old,
        newInputs,
        ignoreChanges,
        timeout: 0,
        preview,
      },
      context,
    );
  const remove = async (type: string, outputs: PropertyMap, timeout = 0) =>
    await provider.delete({ urn, type, id: "", inputs: {}, outputs, timeout }, context);

  it("creates an object as the official one does, and keeps inputs, manager and API version beside it", async () => {
    const created = await create(token, map({ a: "1" }));
    expect(created.id).to.equal("edge/settings");
    expect(created.outputs).to.deep.include({ __initialApiVersion: "v1", __inputs: map({ a: "1" }), data: { a: "1" } });
    expect(created.outputs["__fieldManager"]).to.match(/^pulumi-kubernetes-[0-9a-f]{8}$/);
    expect(
      cluster.object(at).metadata.managedFields.map(({ manager, operation }) => [manager, operation]),
    ).to.deep.equal([["pulumi-kubernetes", "Update"]]);
  });

  it("previews on the server without a trace", async () => {
    const { id, outputs } = await create(token, map({ a: "1" }), true);
    expect(id).to.equal("");
    expect(isMap(outputs["metadata"]) && outputs["metadata"]["uid"]).to.be.a("string");
    expect(cluster.objects.has(at)).to.equal(false);
    expect(cluster.requests.at(-1)?.query.get("dryRun")).to.equal("All");
  });

  it("previews what the server cannot know yet as it was given", async () => {
    const unknown = map({ a: Unknown.value });
    expect((await create(token, unknown, true)).outputs).to.deep.equal(unknown);
    const homeless = map({}, { namespace: "later" });
    expect((await create(token, homeless, true)).outputs).to.deep.equal(homeless);
    const kindless = { apiVersion: "edge.test/v1", kind: "Widget", metadata: { name: "w", namespace: "edge" } };
    expect((await create("kubernetes:edge.test/v1:Widget", kindless, true)).outputs).to.deep.equal(kindless);
  });

  it("names objects by their resource and keeps the name", async () => {
    const request = { urn, type: token, name: "settings", olds: {}, news: { apiVersion: "v1", kind: "ConfigMap" } };
    const { inputs } = await provider.check({ ...request, randomSeed: seed }, context);
    expect(inputs["metadata"]).to.deep.include({ namespace: "default" });
    expect((inputs["metadata"] as PropertyMap)["name"]).to.match(/^settings-[0-9a-f]{8}$/);
    const again = await provider.check({ ...request, olds: inputs, randomSeed: new Uint8Array(32).fill(9) }, context);
    expect(again.inputs).to.deep.equal(inputs);
  });

  it("says that an object exists already, which, and what to do", async () => {
    await create(token, map({}));
    expect(await messageOf(create(token, map({})))).to.match(
      /EDGE-KUBERNETES-012: ConfigMap edge\/settings was not created.*exists.*import/s,
    );
  });

  it("names the fields that the server finds invalid", async () => {
    expect(await messageOf(create(token, map({}, { name: "Settings" })))).to.match(
      /EDGE-KUBERNETES-014: ConfigMap edge\/Settings.*metadata\.name: a lowercase/s,
    );
  });

  it("updates by an apply of its own manager, which takes the created fields over", async () => {
    const { outputs } = await create(token, map({ a: "1", b: "1" }));
    const updated = await update(outputs, map({ a: "2" }));
    expect(cluster.object(at)["data"]).to.deep.equal({ a: "2" });
    expect(
      cluster.object(at).metadata.managedFields.map(({ manager, operation }) => [manager, operation]),
    ).to.deep.equal([[outputs["__fieldManager"], "Apply"]]);
    expect(updated.outputs).to.deep.include({ data: { a: "2" }, __fieldManager: outputs["__fieldManager"] });
  });

  it("previews an update of what was only created without a false conflict, and changes nothing", async () => {
    const { outputs } = await create(token, map({ a: "1" }));
    expect((await update(outputs, map({ a: "2" }), true)).outputs["data"]).to.deep.equal({ a: "2" });
    expect(cluster.object(at)["data"]).to.deep.equal({ a: "1" });
  });

  describe("where another manager holds a field", () => {
    let outputs: PropertyMap;
    beforeEach(async () => {
      ({ outputs } = await create(token, map({ a: "1" })));
      ({ outputs } = await update(outputs, map({ a: "1" })));
      const live = cluster.object(at);
      live["data"] = { a: "theirs" };
      const fieldsV1 = { "f:data": { "f:a": {} } };
      live.metadata.managedFields = [
        { manager: "kube-controller", operation: "Update", fieldsType: "FieldsV1", fieldsV1 },
      ];
    });

    it("names it, the fields and the ways out", async () => {
      expect(await messageOf(update(outputs, map({ a: "2" })))).to.match(
        /EDGE-KUBERNETES-013: ConfigMap edge\/settings.*\.data\.a \(conflict with "kube-controller".*patchForce/s,
      );
      expect(cluster.object(at)["data"]).to.deep.equal({ a: "theirs" });
    });

    it("takes it over with pulumi.com/patchForce", async () => {
      await update(outputs, map({ a: "2" }, { annotations: { "pulumi.com/patchForce": "true" } }));
      expect(cluster.object(at)["data"]).to.deep.equal({ a: "2" });
    });

    it("leaves it alone where the change is ignored, and does not share it either", async () => {
      await update(outputs, map({ a: "2", b: "2" }), false, ["data.a"]);
      expect(cluster.object(at)["data"]).to.deep.equal({ a: "theirs", b: "2" });
      const own = cluster.object(at).metadata.managedFields.find(({ operation }) => operation === "Apply");
      expect(own?.fieldsV1).to.deep.equal({ "f:data": { "f:b": {} } });
    });

    it("keeps in the state what is there and what was refused, so that the next run tries again", async () => {
      const failure = await update(outputs, map({ a: "2" })).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(PartialFailure);
      const { outputs: kept } = failure as PartialFailure;
      expect(kept).to.deep.include({ data: { a: "theirs" }, __inputs: map({ a: "2" }) });
    });
  });

  it("reads drift as a difference, and finds what is gone gone", async () => {
    const { outputs } = await create(token, map({ a: "1" }));
    cluster.object(at)["data"] = { a: "drifted", more: "x" };
    const request = { urn, type: token, name: "settings", id: "edge/settings", inputs: map({ a: "1" }), outputs };
    const read = await provider.read(request, context);
    expect(read.inputs).to.deep.equal(map({ a: "drifted" }));
    expect(read.outputs).to.deep.include({ data: { a: "drifted", more: "x" } });
    expect(read.outputs["__fieldManager"]).to.equal(outputs["__fieldManager"]);
    const diff = await provider.diff(
      { ...request, oldInputs: read.inputs, oldOutputs: read.outputs, newInputs: map({ a: "1" }), ignoreChanges: [] },
      context,
    );
    expect(Object.keys(diff.detailedDiff ?? {})).to.deep.equal(["data.a"]);
    cluster.objects.delete(at);
    expect((await provider.read(request, context)).id).to.equal("");
  });

  it("imports an object by its id alone, without what the server writes", async () => {
    await create(token, map({ a: "1" }, { labels: { x: "y" } }));
    const request = { urn, type: token, name: "settings", id: "edge/settings", inputs: {}, outputs: {} };
    expect((await provider.read(request, context)).inputs).to.deep.equal(map({ a: "1" }, { labels: { x: "y" } }));
  });

  it("wraps a Secret's data in every answer", async () => {
    const inputs = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "edge" },
      data: new Secret({ a: "MQ==" }),
    };
    const { outputs } = await create("kubernetes:core/v1:Secret", inputs);
    expect(outputs["data"]).to.deep.equal(new Secret({ a: "MQ==" }));
    expect((outputs["__inputs"] as PropertyMap)["data"]).to.be.instanceOf(Secret);
    const request = { urn, type: "kubernetes:core/v1:Secret", name: "s", id: "edge/s", inputs: {}, outputs: {} };
    expect((await provider.read(request, context)).inputs["data"]).to.be.instanceOf(Secret);
  });

  it("deletes with the policy that was asked for and waits until the object is gone", async () => {
    const annotations = { "pulumi.com/deletionPropagationPolicy": "background" };
    const { outputs } = await create(token, map({}, { annotations }));
    cluster.object(at).metadata.finalizers = ["edge.test/hold"];
    const deleting = remove(token, outputs);
    setTimeout(() => cluster.objects.delete(at), 300);
    await deleting;
    expect(cluster.objects.has(at)).to.equal(false);
    await remove(token, outputs);
  });

  it("says which finalizers hold what does not go away", async () => {
    const { outputs } = await create(token, map({}));
    cluster.object(at).metadata.finalizers = ["edge.test/hold"];
    expect(await messageOf(remove(token, outputs, 0.3))).to.match(/EDGE-KUBERNETES-019: ConfigMap.*edge\.test\/hold/s);
  });

  describe("a Deployment", () => {
    const type = "kubernetes:apps/v1:Deployment";
    const place = "/apis/apps/v1/namespaces/edge/deployments/app";
    const deployment = (annotations: PropertyMap = {}): PropertyMap => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "app", namespace: "edge", annotations },
      spec: { replicas: 1, selector: { matchLabels: { app: "a" } } },
    });
    const conditions = [
      { type: "Available", status: "True" },
      { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
    ];
    const rolledOut = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, conditions };

    it("is waited for until it is rolled out, saying what is missing", async () => {
      const own = recordingContext();
      const creating = create(type, deployment(), false, 0, own);
      setTimeout(() => (cluster.object(place)["status"] = rolledOut), 400);
      expect((await creating).outputs["status"]).to.deep.equal(rolledOut);
      expect(own.logged.map(({ message }) => message)).to.deep.equal(["its controller has not seen it yet"]);
    });

    for (const watches of [
      "end",
      "break off",
      "are too old",
      "tell they are too old",
      "are forbidden",
      "are unknown",
    ] as const) {
      it(`is waited for where watches ${watches}`, async () => {
        cluster.watches = watches;
        const creating = create(type, deployment());
        setTimeout(() => (cluster.object(place)["status"] = rolledOut), 400);
        expect((await creating).outputs["status"]).to.deep.equal(rolledOut);
      });
    }

    it("is not asked for again and again while nothing happens", async () => {
      const creating = create(type, deployment());
      setTimeout(() => (cluster.object(place)["status"] = rolledOut), 1500);
      await creating;
      const asked = cluster.requests.filter(({ method, path }) => method === "GET" && path.includes("/deployments"));
      expect(asked.map(({ query }) => query.get("watch"))).to.deep.equal(["true"]);
    });

    it("that is gone while it is waited for is a failure", async () => {
      const creating = create(type, deployment());
      setTimeout(() => cluster.objects.delete(place), 200);
      expect(await messageOf(creating)).to.match(/EDGE-KUBERNETES-018: .*deleted while it was waited for/);
    });

    it("that a refresh finds unready is read with what is wrong", async () => {
      const { outputs } = await create(type, deployment({ "pulumi.com/skipAwait": "true" }));
      const inputs = deployment();
      const failure = await provider
        .read({ urn, type, name: "app", id: "edge/app", inputs, outputs }, context)
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(PartialFailure);
      expect((failure as PartialFailure).message).to.match(/EDGE-KUBERNETES-018: Deployment edge\/app is not ready/);
      expect((failure as PartialFailure).inputs).to.deep.include({ kind: "Deployment" });
    });

    it("is kept in the state with what is wrong where it does not become ready in time", async () => {
      const failure = await create(type, deployment({ "pulumi.com/timeoutSeconds": "0.3" })).catch(
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(PartialFailure);
      const { id, outputs, reasons } = failure as PartialFailure;
      expect(id).to.equal("edge/app");
      expect(outputs["__inputs"]).to.be.an("object");
      expect(reasons[0]).to.match(/EDGE-KUBERNETES-018: Deployment edge\/app.*0\.3 seconds/);
    });

    it("is not waited for with pulumi.com/skipAwait", async () => {
      expect((await create(type, deployment({ "pulumi.com/skipAwait": "true" }))).id).to.equal("edge/app");
    });

    it("is waited for by pulumi.com/waitFor in place of its kind", async () => {
      const creating = create(type, deployment({ "pulumi.com/waitFor": "jsonpath={.status.phase}=Fine" }));
      setTimeout(() => (cluster.object(place)["status"] = { phase: "Fine" }), 200);
      expect((await creating).outputs["status"]).to.deep.equal({ phase: "Fine" });
    });

    it("that is waited for when the run is cancelled stays in the state", async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 200);
      const own = recordingContext({ signal: controller.signal });
      const failure = await create(type, deployment(), false, 0, own).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(PartialFailure);
      expect((failure as PartialFailure).message).to.include("cancelled");
    });
  });

  it("waits for a pod behind a service that selects some", async () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "svc", namespace: "edge" },
      spec: { selector: { app: "x" }, ports: [{ port: 80 }] },
    };
    const creating = create("kubernetes:core/v1:Service", service);
    setTimeout(() => {
      const slice = { kind: "EndpointSlice", endpoints: [{ conditions: { ready: true } }] };
      cluster.objects.set("/apis/discovery.k8s.io/v1/namespaces/edge/endpointslices/svc-1", slice as never);
    }, 300);
    expect((await creating).id).to.equal("edge/svc");
  });

  it("tries a custom resource again until its definition is there, and learns its scope", async () => {
    const widget = { apiVersion: "edge.test/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 1 } };
    const creating = create("kubernetes:edge.test/v1:Widget", widget);
    await create("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.edge.test" },
      spec: {
        group: "edge.test",
        scope: "Cluster",
        names: { kind: "Widget", plural: "widgets" },
        versions: [{ name: "v1", served: true, storage: true }],
      },
    });
    expect((await creating).id).to.equal("w");
    const request = {
      urn,
      type: "kubernetes:edge.test/v1:Widget",
      name: "w",
      olds: {},
      news: widget,
      randomSeed: seed,
    };
    expect((await provider.check(request, context)).inputs["metadata"]).to.deep.equal({ name: "w" });
  });

  it("asks again where the server puts it off, and only once what it serves", async () => {
    cluster.answers.push({ code: 429, headers: { "retry-after": "1" } });
    await create(token, map({ a: "1" }));
    cluster.answers.push({ code: 503 });
    await create(token, map({}, { name: "other" }));
    expect(cluster.requests.filter(({ path }) => path === "/api/v1")).to.have.length(1);
  });

  it("says who is not allowed what", async () => {
    const body = { kind: "Status", message: 'configmaps is forbidden: User "x" cannot create', reason: "Forbidden" };
    cluster.answers.push({ code: 403, body });
    expect(await messageOf(create(token, map({})))).to.match(/EDGE-KUBERNETES-015: ConfigMap.*User "x" cannot create/);
  });

  it("names a cluster that does not answer, and leaves the state or forgets it as it is told", async () => {
    const inputs = map({ a: "1" });
    const { outputs } = await create(token, inputs);
    const { kubeconfig } = cluster;
    await cluster.stop();
    const request = { urn, type: token, name: "settings", id: "edge/settings", inputs, outputs };
    expect(await messageOf(provider.read(request, context))).to.match(/EDGE-KUBERNETES-010: .*127\.0\.0\.1/);
    expect((await create(token, inputs, true)).outputs).to.deep.equal(inputs);
    const forgets = await kubernetesProvider().configure({ kubeconfig, deleteUnreachable: true }, context);
    expect((await forgets.read(request, context)).id).to.equal("");
    const leaves = await kubernetesProvider().configure({ kubeconfig, skipUpdateUnreachable: "true" }, context);
    expect(await leaves.read(request, context)).to.deep.equal({ id: request.id, inputs, outputs });
    const checked = { urn, type: token, name: "settings", olds: inputs, news: map({ a: "2" }), randomSeed: seed };
    expect((await leaves.check(checked, context)).inputs).to.deep.equal(inputs);
    cluster = await StandIn.start();
  });

  describe("its kubeconfig", () => {
    it("may choose another context and cluster, and those that it lacks are named", async () => {
      const { kubeconfig } = cluster;
      const wrongs: readonly PropertyMap[] = [{ context: "other" }, { cluster: "other" }];
      for (const wrong of wrongs) {
        expect(await messageOf(kubernetesProvider().configure({ kubeconfig, ...wrong }, context))).to.match(
          /EDGE-KUBERNETES-009: .*'other'/,
        );
      }
    });

    it("comes from the environment of the run where the provider has none", async () => {
      const own = recordingContext({ environment: { KUBECONFIG: "/nowhere/config" } });
      expect(await messageOf(kubernetesProvider().configure({}, own))).to.include("/nowhere/config");
    });

    it("goes with no setting that this engine does not follow", async () => {
      const news = {
        kubeconfig: "x",
        enableServerSideApply: "false",
        kubeClientSettings: '{"qps":-5}',
      };
      const { failures } = await kubernetesProvider().checkConfig({
        urn,
        type: "",
        name: "k",
        olds: {},
        news,
        randomSeed: seed,
      });
      expect(failures.map(({ property }) => property)).to.have.members(["kubeClientSettings", "enableServerSideApply"]);
    });
  });

  for (const step of ["2-up", "5-up-changed"] as const) {
    it(`checks what the official one recorded to the same, and finds nothing to change (${step})`, async () => {
      for (const resource of await recordedResources("cluster", step)) {
        if (resource.type.startsWith("pulumi:providers:")) continue;
        const { inputs, outputs } = resource;
        const checked = await provider.check({ ...resource, olds: inputs, news: inputs, randomSeed: seed }, context);
        expect(checked, resource.urn).to.deep.equal({ inputs, failures: [] });
        const diff = await provider.diff(
          { ...resource, oldInputs: inputs, oldOutputs: outputs, newInputs: inputs, ignoreChanges: [] },
          context,
        );
        expect(diff, resource.urn).to.deep.include({ changes: "none", replaces: [] });
      }
    });
  }
});

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
