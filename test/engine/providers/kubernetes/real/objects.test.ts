import { expect } from "chai";
import { isMap } from "../../../../../engine/property/shape";
import { Secret } from "../../../../../engine/property/value";
import type { PropertyMap } from "../../../../../engine/property/value";
import { PartialFailure } from "../../../../../engine/providers/provider";
import { describeReal } from "./cluster";
import { failureOf, Kit } from "./kit";

const token = "core/v1:ConfigMap";
const background = { "pulumi.com/deletionPropagationPolicy": "background" };

describeReal("the kubernetes provider against a real API server", function () {
  this.timeout(240_000);
  let kit: Kit;
  before(async () => void (kit = await Kit.make()));
  after(async () => await kit?.close());

  const live = async (name: string, kind = "ConfigMap") => await kit.cluster.find("v1", kind, kit.namespace, name);
  const managers = async (name: string) =>
    (await live(name))?.metadata?.managedFields?.map(({ manager, operation }) => [manager, operation]);

  it("creates with one manager for all, and updates with one of its own that takes the fields over", async () => {
    const { id, outputs } = await kit.create(token, kit.map("owned", { a: "1", b: "1" }));
    expect(id).to.equal(`${kit.namespace}/owned`);
    expect(await managers("owned")).to.deep.equal([["pulumi-kubernetes", "Update"]]);
    const updated = await kit.update(token, outputs, kit.map("owned", { a: "2" }));
    expect((await live("owned"))?.data).to.deep.equal({ a: "2" });
    expect(await managers("owned")).to.deep.equal([[outputs["__fieldManager"], "Apply"]]);
    expect(updated).to.deep.include({ data: { a: "2" }, __initialApiVersion: "v1" });
  });

  it("previews on the server: what it would make, what it refuses, and nothing is left behind", async () => {
    const { id, outputs } = await kit.create(token, kit.map("planned", { a: "1" }), true);
    expect(id).to.equal("");
    expect(isMap(outputs["metadata"]) && outputs["metadata"]["uid"]).to.be.a("string");
    expect(await live("planned")).to.equal(undefined);
    const wrong = await failureOf(kit.create(token, kit.map("Wrong_Name", {}), true));
    expect(wrong.message).to.match(/EDGE-KUBERNETES-014: ConfigMap .*metadata\.name: .*RFC 1123/s);
    const { outputs: made } = await kit.create(token, kit.map("previewed", { a: "1" }));
    expect((await kit.update(token, made, kit.map("previewed", { a: "2" }), { preview: true }))["data"]).to.deep.equal({
      a: "2",
    });
    expect((await live("previewed"))?.data).to.deep.equal({ a: "1" });
  });

  it("says that an object exists already, and takes it over where it is told to", async () => {
    await kit.create(token, kit.map("twice", { a: "1" }));
    expect((await failureOf(kit.create(token, kit.map("twice", {})))).message).to.match(/EDGE-KUBERNETES-012/);
    const upserting = await Kit.make({ upsertExistingObjects: "true" });
    try {
      const { outputs } = await upserting.create(token, kit.map("twice", { b: "2" }));
      expect(outputs["data"]).to.deep.equal({ a: "1", b: "2" });
    } finally {
      await upserting.close();
    }
  });

  describe("where another manager holds a field", () => {
    const at = (a: string, rest: PropertyMap = {}, annotations: PropertyMap = {}) =>
      kit.map("shared", { a, ...rest }, { annotations });
    let outputs: PropertyMap;
    before(async () => {
      ({ outputs } = await kit.create(token, at("1")));
      outputs = await kit.update(token, outputs, at("1", { own: "x" }));
      const metadata = { name: "shared", namespace: kit.namespace };
      await kit.cluster.applyAs("operator", { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "2" } }, true);
    });

    it("names the field, its manager and the ways out, and keeps what is there in the state", async () => {
      const failure = await failureOf(kit.update(token, outputs, at("3")));
      expect(failure).to.be.instanceOf(PartialFailure);
      expect(failure.message).to.match(
        /EDGE-KUBERNETES-013: ConfigMap .*shared.*\.data\.a \(conflict with "operator".*ignoreChanges.*patchForce/s,
      );
      expect((failure as PartialFailure).outputs).to.deep.include({ data: { a: "2", own: "x" } });
      expect((await failureOf(kit.update(token, outputs, at("3"), { preview: true }))).message).to.include(
        "EDGE-KUBERNETES-013",
      );
    });

    it("leaves an ignored one alone without sharing it", async () => {
      await kit.update(token, outputs, at("3", { own: "y" }), { ignoreChanges: ["data.a"] });
      const now = await live("shared");
      expect(now?.data).to.deep.equal({ a: "2", own: "y" });
      const own = now?.metadata?.managedFields?.find(({ manager }) => manager === outputs["__fieldManager"]);
      expect(JSON.stringify(own?.fieldsV1)).to.include("f:own").and.not.include("f:a");
    });

    it("takes it over with patchForce", async () => {
      await kit.update(token, outputs, at("4", {}, { "pulumi.com/patchForce": "true" }));
      expect((await live("shared"))?.data).to.deep.equal({ a: "4" });
    });
  });

  it("changes a few fields of somebody else's object by a patch, and gives them up again", async () => {
    const metadata = { name: "theirs", namespace: kit.namespace };
    await kit.cluster.applyAs("operator", { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "1" } });
    const patch = await kit.create("core/v1:ConfigMapPatch", kit.map("theirs", { b: "1" }));
    expect((await live("theirs"))?.data).to.deep.equal({ a: "1", b: "1" });
    const changed = await kit.update("core/v1:ConfigMapPatch", patch.outputs, kit.map("theirs", { b: "2" }));
    expect((await live("theirs"))?.data).to.deep.equal({ a: "1", b: "2" });
    expect((await kit.read("core/v1:ConfigMapPatch", patch.id)).inputs["kind"]).to.equal("ConfigMap");
    await kit.delete("core/v1:ConfigMapPatch", changed);
    expect((await live("theirs"))?.data).to.deep.equal({ a: "1" });
    await kit.cluster.client().delete({ apiVersion: "v1", kind: "ConfigMap", metadata });
    await kit.delete("core/v1:ConfigMapPatch", changed);
    expect(await live("theirs")).to.equal(undefined);
  });

  it("finds that an immutable field needs a new object, and words the server's refusal to change one", async () => {
    const inputs = (type: string) => kit.object("v1", "Secret", "typed", { type, data: { a: "MQ==" } });
    const { outputs } = await kit.create("core/v1:Secret", inputs("Opaque"));
    const diff = await kit.diff("core/v1:Secret", outputs, inputs("edge.test/own"));
    expect(diff).to.deep.include({ replaces: ["type"], deleteBeforeReplace: true });
    const refused = await failureOf(kit.update("core/v1:Secret", outputs, inputs("edge.test/own")));
    expect(refused.message).to.match(/EDGE-KUBERNETES-014: Secret .*type: .*immutable.*replaceOnChanges/s);
  });

  it("keeps a Secret's data wrapped, in failures too", async () => {
    const value = Buffer.from("very-secret-text").toString("base64");
    const inputs = kit.object("v1", "Secret", "sealed", { data: new Secret({ a: value }) });
    const { outputs, id } = await kit.create("core/v1:Secret", inputs);
    expect(outputs["data"]).to.deep.equal(new Secret({ a: value }));
    expect((await kit.read("core/v1:Secret", id)).inputs["data"]).to.be.instanceOf(Secret);
    const broken = kit.object("v1", "Secret", "broken", {
      stringData: new Secret({ "not a key": "very-secret-text" }),
    });
    const failure = await failureOf(kit.create("core/v1:Secret", broken));
    expect(failure.message)
      .to.match(/EDGE-KUBERNETES-014/)
      .and.not.include("very-secret-text")
      .and.not.include(value);
    expect(JSON.stringify(kit.context.logged)).to.not.include("very-secret-text").and.not.include(value);
  });

  it("names objects by their resource", async () => {
    const inputs = await kit.check(token, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: kit.namespace },
    });
    const { id } = await kit.create(token, inputs);
    expect(id).to.match(/\/it-[0-9a-f]{8}$/);
    expect(await kit.check(token, { apiVersion: "v1", kind: "ConfigMap" }, inputs)).to.have.nested.property(
      "metadata.name",
      id.split("/")[1],
    );
  });

  it("reads drift, imports by the id alone, and finds what is gone gone", async () => {
    const inputs = kit.map("drifting", { a: "1" });
    const { id, outputs } = await kit.create(token, inputs);
    const metadata = { name: "drifting", namespace: kit.namespace };
    await kit.cluster.applyAs("operator", { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "9" } }, true);
    const read = await kit.read(token, id, inputs, outputs);
    expect(read.inputs["data"]).to.deep.equal({ a: "9" });
    expect((await kit.diff(token, read.outputs, inputs)).detailedDiff).to.have.all.keys("data.a");
    expect((await kit.read(token, id)).inputs).to.deep.equal({ ...kit.map("drifting", { a: "9" }) });
    await kit.cluster.client().delete({ apiVersion: "v1", kind: "ConfigMap", metadata });
    expect((await kit.read(token, id, inputs, outputs)).id).to.equal("");
  });

  it("waits too for what somebody made in the place of its own", async () => {
    const { outputs } = await kit.create(token, kit.map("swapped", {}, { annotations: background }));
    const metadata = { name: "swapped", namespace: kit.namespace, finalizers: ["edge.test/hold"] };
    await kit.cluster.client().delete({ apiVersion: "v1", kind: "ConfigMap", metadata });
    await kit.cluster.client().create({ apiVersion: "v1", kind: "ConfigMap", metadata } as never);
    expect((await failureOf(kit.delete(token, outputs, 1))).message).to.match(
      /EDGE-KUBERNETES-019: .*edge\.test\/hold/,
    );
    const at = `/api/v1/namespaces/${kit.namespace}/configmaps/swapped`;
    await kit.cluster.send("PATCH", at, { metadata: { finalizers: null } }, "application/merge-patch+json");
  });

  it("deletes and waits, and says which finalizers hold what does not go", async () => {
    const held = kit.map("held", {}, { annotations: background, finalizers: ["edge.test/hold"] });
    const { outputs } = await kit.create(token, held);
    expect((await failureOf(kit.delete(token, outputs, 1))).message).to.match(
      /EDGE-KUBERNETES-019: ConfigMap .*held.*edge\.test\/hold/s,
    );
    const going = kit.delete(token, outputs);
    const at = `/api/v1/namespaces/${kit.namespace}/configmaps/held`;
    await kit.cluster.send("PATCH", at, { metadata: { finalizers: null } }, "application/merge-patch+json");
    await going;
    expect(await live("held")).to.equal(undefined);
    await kit.delete(token, outputs);
  });
});
