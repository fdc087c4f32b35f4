import { expect } from "chai";
import { Secret, Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import { rawStateDelta } from "../../../../engine/providers/bridge/outputs";
import { bridgedProvider } from "../../../../engine/providers/bridge/provider";
import type { BridgedResource } from "../../../../engine/providers/bridge/resource";
import type { ConfiguredProvider } from "../../../../engine/providers/provider";
import { recordingContext } from "../recording";

const lamp: BridgedResource = {
  type: "lamp:index/lamp:Lamp",
  attributes: {
    colour: { kind: "string", role: "required" },
    watts: { kind: "integer", role: "optional", default: 5, replaces: () => false },
    tags: { kind: "stringMap", role: "optional" },
    rooms: { kind: "strings", role: "optional", terraformName: "room" },
    kept: { kind: "string", role: "optional", keepsOld: true },
    maker: { kind: "block", role: "optional", attributes: { name: { kind: "string", role: "required" } } },
    token: { kind: "string", role: "optional", sensitive: true },
    serial: { kind: "string", role: "computed" },
    key: { kind: "string", role: "computed", sensitive: true },
  },
  schemaVersion: 2,
  idOutput: true,
  async create() {
    return { id: "lamp-1", computed: { serial: "1", key: "k" } };
  },
};
const none = new Secret({ replace: { raw: null } });
const context = recordingContext();

describe("a bridged provider", () => {
  let provider: ConfiguredProvider;
  before(async () => {
    const content = { name: "lamp", version: "1.0.0", resources: [lamp], functions: {}, settings: ["region"] };
    provider = await bridgedProvider(content).configure({}, context);
  });
  const resource = { urn: "u", type: lamp.type, name: "n", id: "lamp-1", timeout: 0 };

  it("gives outputs with defaults, id, secrets and its notes", async () => {
    const { id, outputs } = await provider.create({ ...resource, inputs: { colour: "red" }, preview: false }, context);
    expect(id).to.equal("lamp-1");
    expect(outputs).to.deep.equal({
      __meta: '{"schema_version":"2"}',
      __pulumi_raw_state_delta: {
        obj: {
          ps: {
            kept: none,
            maker: new Secret({ replace: { raw: [] } }),
            rooms: none,
            tags: none,
            token: none,
          },
          renamed: { rooms: "room" },
        },
      },
      colour: "red",
      id: "lamp-1",
      key: new Secret("k"),
      serial: "1",
      watts: 5,
    });
  });

  it("notes lists, maps and blocks, and their parts", () => {
    const values = {
      colour: "red",
      watts: 1,
      tags: {},
      rooms: ["a"],
      kept: "k",
      maker: {},
      token: "t",
      serial: "1",
      key: "k",
    };
    expect(rawStateDelta(lamp.attributes, values)).to.deep.equal({
      obj: {
        ps: { tags: { map: {} }, rooms: { arr: {} }, maker: { plu: { i: { obj: { ps: { name: none } } } } } },
        renamed: { rooms: "room" },
      },
    });
    expect(rawStateDelta({}, {})).to.deep.equal({ obj: {} });
  });

  it("knows in a preview what is configured, but neither id nor what is computed", async () => {
    const created = await provider.create({ ...resource, inputs: { colour: Unknown.value }, preview: true }, context);
    expect(created).to.deep.equal({
      id: "",
      outputs: {
        colour: Unknown.value,
        watts: 5,
        kept: Unknown.value,
        serial: Unknown.value,
        key: new Secret(Unknown.value),
        id: Unknown.value,
      },
    });
  });

  const diff = async (oldOutputs: PropertyMap, newInputs: PropertyMap, ignoreChanges: string[] = []) => {
    const { diffs, replaces } = await provider.diff(
      { ...resource, oldInputs: {}, oldOutputs, newInputs, ignoreChanges },
      context,
    );
    return { diffs, replaces };
  };

  it("replaces for a change unless the attribute says otherwise", async () => {
    const olds = { colour: "red", watts: 5 };
    expect(await diff(olds, { colour: "red", watts: 5 })).to.deep.equal({ diffs: [], replaces: [] });
    expect(await diff(olds, { colour: "red", watts: 6 })).to.deep.equal({ diffs: ["watts"], replaces: [] });
    expect(await diff(olds, { colour: "blue" })).to.deep.equal({ diffs: ["colour"], replaces: ["colour"] });
    expect(await diff(olds, { colour: "blue" }, ["colour"])).to.deep.equal({ diffs: [], replaces: [] });
    expect(await diff({ ...olds, kept: "x" }, { colour: "red" })).to.deep.equal({ diffs: [], replaces: [] });
  });

  it("keeps on update what is computed and what stays without its input", async () => {
    const oldOutputs = { colour: "red", watts: 5, kept: "x", serial: "1", key: new Secret("k"), id: "lamp-1" };
    const request = { ...resource, oldInputs: {}, oldOutputs, ignoreChanges: [], preview: false };
    const { outputs } = await provider.update({ ...request, newInputs: { colour: "red", watts: 6 } }, context);
    expect(outputs).to.deep.include({ watts: 6, kept: "x", serial: "1", key: new Secret("k"), id: "lamp-1" });
    const changed = await provider.update({ ...request, newInputs: { colour: "red", kept: "y" } }, context);
    expect(changed.outputs["kept"]).to.equal("y");
  });

  it("finds every input that does not fit, in blocks too, and marks sensitive ones", async () => {
    const news = { watts: 1.5, tags: ["a"], rooms: "a", maker: { nmae: "x" }, token: "t", serial: "1" };
    const checked = await provider.check({ ...resource, olds: {}, news, randomSeed: new Uint8Array() }, context);
    expect(checked.failures.map((failure) => failure.property)).to.deep.equal([
      "serial",
      "colour",
      "watts",
      "tags",
      "rooms",
      "maker.nmae",
      "maker.name",
    ]);
    expect(checked.inputs["token"]).to.deep.equal(new Secret("t"));
  });

  it("refuses settings that it does not have by name", async () => {
    const content = { name: "lamp", version: "1.0.0", resources: [], functions: {}, settings: ["region"] };
    const request = { ...resource, olds: {}, randomSeed: new Uint8Array() };
    const { failures } = await bridgedProvider(content).checkConfig({
      ...request,
      news: { version: "1", zone: "a", region: "b" },
    });
    expect(failures).to.deep.equal([
      { property: "zone", reason: "the lamp provider has no such setting: it has region" },
    ]);
  });
});
