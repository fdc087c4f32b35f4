import { KubeConfig, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { expect } from "chai";
import type { PropertyMap } from "../../../../../engine/property/value";
import { PartialFailure } from "../../../../../engine/providers/provider";
import { describeReal } from "./cluster";
import { failureOf, Kit } from "./kit";

const definitionToken = "apiextensions.k8s.io/v1:CustomResourceDefinition";
const background = { "pulumi.com/deletionPropagationPolicy": "background" };

describeReal("custom resources in a real cluster", function () {
  this.timeout(240_000);
  let kit: Kit;
  let group: string;
  before(async () => {
    kit = await Kit.make();
    group = `${kit.namespace}.test`;
  });
  after(async () => await kit?.close());

  const definition = (versions: readonly string[], properties: PropertyMap = {}): PropertyMap => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `gadgets.${group}`, annotations: background },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer" }, ...properties } },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      })),
    },
  });
  const gadget = (name: string, annotations: PropertyMap = {}, version = "v1") =>
    kit.object(
      `${group}/${version}`,
      "Gadget",
      name,
      { spec: { size: 1 } },
      { annotations: { ...background, ...annotations } },
    );
  const report = async (name: string, status: object) =>
    await kit.cluster.report(`/apis/${group}/v1/namespaces/${kit.namespace}/gadgets/${name}`, status);
  let defined: PropertyMap;

  it("are tried again until their definition is there, and are in a namespace once it says so", async () => {
    const creating = kit.create(`${group}/v1:Gadget`, gadget("early"));
    ({ outputs: defined } = await kit.create(definitionToken, definition(["v1"])));
    expect((await creating).id).to.equal(`${kit.namespace}/early`);
    const { metadata: _, ...homeless } = gadget("any");
    const checked = await kit.check(`${group}/v1:Gadget`, { ...homeless, metadata: { name: "any" } });
    expect(checked).to.have.nested.property("metadata.namespace", "default");
  });

  it("are waited for by pulumi.com/waitFor, as another client reports their status", async () => {
    const waitFor = JSON.stringify(["condition=Ready", "jsonpath={.status.phase}=Fine"]);
    const creating = kit.create(`${group}/v1:Gadget`, gadget("awaited", { "pulumi.com/waitFor": waitFor }));
    await kit.cluster.until(async () => await kit.cluster.find(`${group}/v1`, "Gadget", kit.namespace, "awaited"));
    await report("awaited", { phase: "Fine" });
    await report("awaited", { phase: "Fine", conditions: [{ type: "Ready", status: "True" }] });
    expect((await creating).outputs).to.have.nested.property("status.phase", "Fine");
  });

  it("are waited for no longer than pulumi.com/timeoutSeconds, and kept with what is wrong", async () => {
    const annotations = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "1" };
    const failure = await failureOf(kit.create(`${group}/v1:Gadget`, gadget("late", annotations), false, 0));
    expect(failure).to.be.instanceOf(PartialFailure);
    expect(failure.message).to.match(/EDGE-KUBERNETES-018: Gadget .*late.*1 seconds: condition Ready/);
    expect((failure as PartialFailure).outputs).to.have.nested.property("metadata.uid");
  });

  it("are not waited for with pulumi.com/skipAwait", async () => {
    const annotations = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/skipAwait": "true" };
    expect((await kit.create(`${group}/v1:Gadget`, gadget("skipped", annotations))).id).to.match(/skipped$/);
  });

  it("may come in a version and with fields that their definition gains, which is put in the old one's place", async () => {
    defined = await kit.update(definitionToken, defined, definition(["v1", "v2"], { colour: { type: "string" } }));
    const { outputs } = await kit.create(`${group}/v2:Gadget`, gadget("newer", {}, "v2"));
    const coloured = { ...gadget("newer", {}, "v2"), spec: { size: 2, colour: "red" } };
    expect(await kit.update(`${group}/v2:Gadget`, outputs, coloured)).to.deep.include({
      spec: { size: 2, colour: "red" },
    });
    defined = await kit.update(definitionToken, defined, definition(["v1"]));
    const live = await kit.cluster.find("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", `gadgets.${group}`);
    expect((live?.spec?.["versions"] as unknown as { name: string }[]).map(({ name }) => name)).to.deep.equal(["v1"]);
  });

  it("are read for one who may not watch", async function () {
    const { guestConfig } = kit.cluster;
    if (guestConfig === undefined) this.skip();
    await allow(kit, group, ["get", "create"]);
    const guest = await Kit.make({}, guestConfig);
    try {
      const waiting = gadget("unwatched", { "pulumi.com/waitFor": "jsonpath={.status.phase}=Fine" });
      const creating = guest.create(`${group}/v1:Gadget`, waiting);
      await kit.cluster.until(async () => await kit.cluster.find(`${group}/v1`, "Gadget", kit.namespace, "unwatched"));
      await report("unwatched", { phase: "Fine" });
      expect((await creating).outputs).to.have.nested.property("status.phase", "Fine");
      expect((await failureOf(guest.create("core/v1:ConfigMap", kit.map("forbidden", {})))).message).to.match(
        /EDGE-KUBERNETES-015: ConfigMap .*User "guest" cannot create/,
      );
    } finally {
      await guest.close();
    }
  });

  it("are gone for good when their definition is", async () => {
    const inputs = gadget("orphan");
    const { id, outputs } = await kit.create(`${group}/v1:Gadget`, inputs);
    await kit.delete(definitionToken, defined);
    expect((await kit.read(`${group}/v1:Gadget`, id, inputs, outputs)).id).to.equal("");
    await kit.delete(`${group}/v1:Gadget`, outputs);
  });
});

/** Gives the guest some rights on the group's objects in the kit's namespace. */
async function allow(kit: Kit, group: string, verbs: string[]): Promise<void> {
  const config = new KubeConfig();
  config.loadFromString(kit.cluster.kubeconfig);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const { namespace } = kit;
  const rules = [{ apiGroups: [group], resources: ["*"], verbs }];
  await rbac.createNamespacedRole({ namespace, body: { metadata: { name: "guest" }, rules } });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: "guest" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "guest" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "guest" }],
    },
  });
}
