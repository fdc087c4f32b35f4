import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { yamlText } from "../../../components/file/yamlText";

describe("YAML text", () => {
  it("reads back the same by the rules of YAML 1.1 and of 1.2", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("no", "yes", "on", "12:30", "0x1f", "1e3", "null", "~", "# a", "a: b"),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        text,
        fc.integer(),
        fc.boolean(),
        fc.array(tie("tree"), { maxLength: 4 }),
        // A merge key is a key of its own kind in YAML 1.1.
        fc.dictionary(
          text.filter((key) => key !== "<<" && key !== "__proto__"),
          tie("tree"),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const written = yamlText(value);
        expect(parse(written, { version: "1.2" })).to.deep.equal(value);
        expect(parse(written, { version: "1.1" })).to.deep.equal(value);
      }),
    );
  });

  it("does not take one number for another that JSON writes alike", () => {
    expect(yamlText({ a: 0 })).to.equal("a: 0\n");
    expect(yamlText({ a: -0 })).to.equal("a: -0\n");
    expect(yamlText({ a: Infinity })).to.equal("a: .inf\n");
    expect(yamlText({ a: null })).to.equal("a: null\n");
  });

  it("leaves out what is undefined, and says of nothing that it is nothing", () => {
    expect(yamlText({ a: undefined, b: 1 })).to.equal("b: 1\n");
    expect(yamlText({ a: undefined })).to.equal("{}\n");
    expect(yamlText([])).to.equal("[]\n");
  });

  it("keeps the order of keys and quotes what Ansible would take for a boolean", () => {
    expect(yamlText({ z: "no", a: false })).to.equal('z: "no"\na: false\n');
  });

  it("begins with a comment that says where it comes from", () => {
    expect(yamlText({ a: 1 }, ["Generated.", "Do not edit."])).to.equal("# Generated.\n# Do not edit.\n\na: 1\n");
  });
});
