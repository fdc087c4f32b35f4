import { expect } from "chai";
import type { PropertyMap } from "../../../../../engine/property/value";
import { PartialFailure } from "../../../../../engine/providers/provider";
import { describeControllers } from "./cluster";
import { failureOf, Kit } from "./kit";
import { PlayedKubelet } from "./kubelet";

describeControllers("what the kubernetes provider waits for, with real controllers", function () {
  this.timeout(300_000);
  let kit: Kit;
  let kubelet: PlayedKubelet;
  before(async () => {
    kit = await Kit.make();
    await PlayedKubelet.addNode(kit.cluster);
    kubelet = new PlayedKubelet(kit.cluster, kit.namespace, (pod) => {
      const image = (pod.spec?.["containers"] as unknown as { image: string }[])[0]?.image;
      if (image === "missing") return "no image";
      return image === "ends" ? "succeeds" : "ready";
    });
  });
  after(async () => {
    await kubelet?.stop();
    await kit?.close();
  });

  const podSpec = (image: string, more: PropertyMap = {}): PropertyMap => ({
    containers: [{ name: "c", image }],
    ...more,
  });
  const workload = (kind: string, name: string, image: string, spec: PropertyMap = {}, metadata: PropertyMap = {}) =>
    kit.object(
      "apps/v1",
      kind,
      name,
      {
        spec: {
          selector: { matchLabels: { app: name } },
          template: { metadata: { labels: { app: name } }, spec: podSpec(image) },
          ...spec,
        },
      },
      metadata,
    );

  it("is a Deployment's rollout, the first and the next, and its pods go with it", async () => {
    const { outputs } = await kit.create("apps/v1:Deployment", workload("Deployment", "web", "a", { replicas: 2 }));
    expect(outputs).to.have.nested.property("status.readyReplicas", 2);
    const rolled = await kit.update("apps/v1:Deployment", outputs, workload("Deployment", "web", "b", { replicas: 2 }));
    expect(rolled).to.have.nested.property("status.updatedReplicas", 2);
    expect(rolled).to.have.nested.property("status.replicas", 2);
    await kit.delete("apps/v1:Deployment", rolled);
    expect(await kit.cluster.find("apps/v1", "Deployment", kit.namespace, "web")).to.equal(undefined);
  });

  it("is a Deployment that never comes to be, with what its pods say, and a refresh says it again", async () => {
    const inputs = workload(
      "Deployment",
      "stuck",
      "missing",
      {},
      { annotations: { "pulumi.com/timeoutSeconds": "8" } },
    );
    const failure = await failureOf(kit.create("apps/v1:Deployment", inputs, false, 0));
    expect(failure).to.be.instanceOf(PartialFailure);
    expect(failure.message).to.match(
      /EDGE-KUBERNETES-018: Deployment .*stuck.*8 seconds: .*0 of 1 pods are ready.*ImagePullBackOff: no such image/s,
    );
    const { id, outputs } = failure as PartialFailure;
    const again = await failureOf(kit.read("apps/v1:Deployment", id, inputs, outputs));
    expect(again).to.be.instanceOf(PartialFailure);
    await kit.delete("apps/v1:Deployment", outputs);
  });

  it("is a Deployment whose immutable selector changes, replaced before it is made anew", async () => {
    const { outputs } = await kit.create("apps/v1:Deployment", workload("Deployment", "moved", "a"));
    const other = { matchLabels: { app: "other" } };
    const template = { metadata: { labels: { app: "other" } }, spec: podSpec("a") };
    const news = workload("Deployment", "moved", "a", { selector: other, template });
    const diff = await kit.diff("apps/v1:Deployment", outputs, news);
    expect(diff.replaces).to.deep.equal(["spec.selector.matchLabels.app"]);
    expect(diff.deleteBeforeReplace).to.equal(true);
    await kit.delete("apps/v1:Deployment", outputs);
    const again = await kit.create("apps/v1:Deployment", news);
    await kit.delete("apps/v1:Deployment", again.outputs);
  });

  it("is all of a StatefulSet's pods, and those of a DaemonSet on every node", async () => {
    const set = workload("StatefulSet", "store", "a", { replicas: 2, serviceName: "store" });
    const { outputs } = await kit.create("apps/v1:StatefulSet", set);
    expect(outputs).to.have.nested.property("status.readyReplicas", 2);
    const next = workload("StatefulSet", "store", "b", { replicas: 2, serviceName: "store" });
    const rolled = await kit.update("apps/v1:StatefulSet", outputs, next);
    expect(rolled).to.have.nested.property("status.updatedReplicas", 2);
    await kit.delete("apps/v1:StatefulSet", rolled);
    const daemons = await kit.create("apps/v1:DaemonSet", workload("DaemonSet", "agent", "a"));
    expect(daemons.outputs).to.have.nested.property("status.numberReady").that.is.at.least(1);
    await kit.delete("apps/v1:DaemonSet", daemons.outputs);
  });

  it("is a Job's end, and one that may not take longer has failed", async () => {
    const job = (name: string, image: string, spec: PropertyMap = {}) =>
      kit.object("batch/v1", "Job", name, {
        spec: { template: { spec: podSpec(image, { restartPolicy: "Never" }) }, ...spec },
      });
    const { outputs } = await kit.create("batch/v1:Job", job("done", "ends"));
    expect(outputs).to.have.nested.property("status.succeeded", 1);
    await kit.delete("batch/v1:Job", outputs);
    const failure = await failureOf(kit.create("batch/v1:Job", job("late", "a", { activeDeadlineSeconds: 1 })));
    expect(failure.message).to.match(/EDGE-KUBERNETES-018: Job .*late.*\[DeadlineExceeded\]/);
    const unready = job("late", "a", { activeDeadlineSeconds: 1 });
    const annotated = { ...unready, metadata: { ...(unready["metadata"] as PropertyMap) } };
    (annotated.metadata as Record<string, unknown>)["annotations"] = { "pulumi.com/replaceUnready": "true" };
    const { outputs: left } = failure as PartialFailure;
    expect((await kit.diff("batch/v1:Job", left, annotated)).replaces).to.include(
      '.metadata.annotations["pulumi.com/replaceUnready"]',
    );
    await kit.delete("batch/v1:Job", left);
  });

  it("is the pods behind a Service, but not for one that has none", async () => {
    const service = (name: string) =>
      kit.object("v1", "Service", name, { spec: { selector: { app: name }, ports: [{ port: 80 }] } });
    const pod = kit.object("v1", "Pod", "behind", { spec: podSpec("a") }, { labels: { app: "behind" } });
    const [{ outputs: front }, { outputs: back }, { outputs: lonely }] = await Promise.all([
      kit.create("core/v1:Service", service("behind")),
      kit.create("core/v1:Pod", pod),
      kit.create("core/v1:Service", service("nobody")),
    ]);
    expect(back).to.have.nested.property("status.phase", "Running");
    for (const outputs of [front, lonely]) await kit.delete("core/v1:Service", outputs);
    await kit.delete("core/v1:Pod", back);
  });

  it("is an Ingress's address, and a service that its rules name but does not exist is warned of", async () => {
    const backend = { service: { name: "absent", port: { number: 80 } } };
    const rules = [{ http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }];
    const creating = kit.create(
      "networking.k8s.io/v1:Ingress",
      kit.object("networking.k8s.io/v1", "Ingress", "door", { spec: { rules } }),
    );
    const at = `/apis/networking.k8s.io/v1/namespaces/${kit.namespace}/ingresses/door`;
    await kit.cluster.until(
      async () => await kit.cluster.find("networking.k8s.io/v1", "Ingress", kit.namespace, "door"),
    );
    await kit.cluster.report(at, { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } });
    const { outputs } = await creating;
    expect(outputs).to.have.nested.property("status.loadBalancer.ingress[0].ip", "192.0.2.1");
    expect(
      kit.context.logged.filter(({ severity }) => severity === "warning").map(({ message }) => message),
    ).to.include("Ingress door: its rules name services that do not exist: absent");
    await kit.delete("networking.k8s.io/v1:Ingress", outputs);
  });

  it("is a ReplicationController's pods, a quota's count, and a token that a controller fills in", async () => {
    const controller = kit.object("v1", "ReplicationController", "old", {
      spec: {
        replicas: 1,
        selector: { app: "old" },
        template: { metadata: { labels: { app: "old" } }, spec: podSpec("a") },
      },
    });
    const { outputs } = await kit.create("core/v1:ReplicationController", controller);
    expect(outputs).to.have.nested.property("status.availableReplicas", 1);
    await kit.delete("core/v1:ReplicationController", outputs);
    const quota = kit.object("v1", "ResourceQuota", "few", { spec: { hard: { configmaps: "100" } } });
    expect((await kit.create("core/v1:ResourceQuota", quota)).outputs).to.have.nested.property(
      "status.hard.configmaps",
      "100",
    );
    const annotations = { "kubernetes.io/service-account.name": "default" };
    const secret = kit.object(
      "v1",
      "Secret",
      "token",
      { type: "kubernetes.io/service-account-token" },
      { annotations },
    );
    const made = await kit.create("core/v1:Secret", secret);
    expect(made.outputs["data"]).to.have.property("element").that.includes.keys("token");
  });

  it("is a claim that is bound, or one whose volume only a pod brings", async () => {
    const storage = (name: string, mode: string) => ({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: `${kit.namespace}-${name}` },
      provisioner: "edge.test/none",
      volumeBindingMode: mode,
    });
    const lazy = await kit.create("storage.k8s.io/v1:StorageClass", storage("lazy", "WaitForFirstConsumer"));
    const claim = (name: string, storageClassName: string, volumeName?: string) =>
      kit.object("v1", "PersistentVolumeClaim", name, {
        spec: {
          storageClassName,
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
          ...(volumeName === undefined ? {} : { volumeName }),
        },
      });
    const pending = await kit.create("core/v1:PersistentVolumeClaim", claim("lazy", `${kit.namespace}-lazy`));
    expect(pending.outputs).to.have.nested.property("status.phase", "Pending");
    const volume = await kit.create("core/v1:PersistentVolume", {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: kit.namespace },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "manual",
        hostPath: { path: "/nowhere" },
      },
    });
    expect(volume.outputs).to.have.nested.property("status.phase", "Available");
    const bound = await kit.create("core/v1:PersistentVolumeClaim", claim("bound", "manual", kit.namespace));
    expect(bound.outputs).to.have.nested.property("status.phase", "Bound");
    for (const { outputs } of [pending, bound]) await kit.delete("core/v1:PersistentVolumeClaim", outputs);
    await kit.delete("core/v1:PersistentVolume", volume.outputs);
    await kit.delete("storage.k8s.io/v1:StorageClass", lazy.outputs);
  });

  it("is a Namespace that goes with all that is in it", async () => {
    const name = `${kit.namespace}-b`;
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    const { outputs } = await kit.create("core/v1:Namespace", namespace);
    await kit.create("core/v1:ConfigMap", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "in", namespace: name },
    });
    await kit.delete("core/v1:Namespace", outputs);
    expect(await kit.cluster.find("v1", "Namespace", "", name)).to.equal(undefined);
  });

  it("is all custom resources with PULUMI_K8S_AWAIT_ALL", async () => {
    const group = `${kit.namespace}.test`;
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const definition = await kit.create("apiextensions.k8s.io/v1:CustomResourceDefinition", {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `parts.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "parts", singular: "part", kind: "Part", listKind: "PartList" },
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    });
    const inputs = kit.object(`${group}/v1`, "Part", "p", {
      status: { conditions: [{ type: "Ready", status: "False" }] },
    });
    const environment = { ...kit.context.environment, PULUMI_K8S_AWAIT_ALL: "true" };
    const request = { urn: "", type: `kubernetes:${group}/v1:Part`, name: "p", inputs, timeout: 60, preview: false };
    const creating = kit.provider.create(request, { ...kit.context, environment });
    const at = `/apis/${group}/v1/namespaces/${kit.namespace}/parts/p`;
    await kit.cluster.until(async () => await kit.cluster.find(`${group}/v1`, "Part", kit.namespace, "p"));
    const status = { conditions: [{ type: "Ready", status: "True", reason: "Up" }] };
    await kit.cluster.send("PATCH", at, { status }, "application/merge-patch+json");
    expect((await creating).outputs).to.have.nested.property("status.conditions[0].status", "True");
    await kit.delete("apiextensions.k8s.io/v1:CustomResourceDefinition", definition.outputs);
  });
});
