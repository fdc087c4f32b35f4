import { expect } from "chai";
import fc from "fast-check";
import { differences } from "../../../engine/property/difference";
import { parsePath } from "../../../engine/property/path";
import { formatPath } from "../../../engine/property/pathText";
import { Secret, Unknown } from "../../../engine/property/value";
import type { PropertyMap } from "../../../engine/property/value";

describe("differences", () => {
  for (const [title, olds, news, expected] of [
    ["nothing in two equal maps", { a: [1, { b: "c" }] }, { a: [1, { b: "c" }] }, []],
    ["what came as a whole", {}, { a: { b: 1 } }, ["add a"]],
    ["what went as a whole", { a: { b: 1 } }, {}, ["delete a"]],
    ["the changed part of a map", { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, ["update a.c"]],
    ["the changed items of a list, by index", { a: [1, 2] }, { a: [1, 3, 4] }, ["update a[1]", "add a[2]"]],
    ["items that are no more", { a: [1, 2, 3] }, { a: [1] }, ["delete a[1]", "delete a[2]"]],
    ["a value of another kind as a whole", { a: { b: 1 } }, { a: [1] }, ["update a"]],
    ["null as no value", { a: null, b: 1 }, { a: 1, b: null }, ["add a", "delete b"]],
    ["no difference between null and none", { a: null }, {}, []],
    ["secrecy", { a: "x" }, { a: new Secret("x") }, ["update a"]],
    ["a new value of a secret", { a: new Secret("x") }, { a: new Secret("y") }, ["update a"]],
    ["nothing in two equal secrets", { a: new Secret({ b: 1 }) }, { a: new Secret({ b: 1 }) }, []],
    ["what is not known yet", { a: 1 }, { a: Unknown.value }, ["update a"]],
    ["several, in the order of their keys", { z: 1, a: 1 }, { z: 2, a: 2 }, ["update a", "update z"]],
  ] as const) {
    it(`find ${title}`, () => {
      const found = differences(olds as unknown as PropertyMap, news as unknown as PropertyMap);
      expect(found.map(({ path, kind }) => `${kind} ${formatPath(path)}`)).to.deep.equal(expected);
    });
  }

  it("find nothing between a value and itself, and something wherever one value changes", () => {
    const map = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(map, fc.nat(), (values, at) => {
        const olds = values as PropertyMap;
        expect(differences(olds, structuredClone(olds))).to.deep.equal([]);
        const keys = Object.keys(olds);
        const key = keys[at % keys.length] ?? "";
        const found = differences(olds, { ...olds, [key]: ["changed", olds[key] ?? null] });
        expect(found.map(({ path }) => path[0])).to.include(key);
      }),
    );
  });
});

describe("formatPath", () => {
  for (const [path, text] of [
    [["spec", "containers", 0, "image"], "spec.containers[0].image"],
    [["data", "app.ini"], 'data["app.ini"]'],
    [["a[0]", 'say "x"'], '["a[0]"]["say \\"x\\""]'],
    [["triggers", 1], "triggers[1]"],
  ] as const) {
    it(`writes ${text}`, () => {
      expect(formatPath(path)).to.equal(text);
    });
  }

  it("is read back by parsePath", () => {
    const key = fc.string({ minLength: 1 }).filter((text) => !text.includes("\\"));
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.nat(99)), { minLength: 1 }), (path) => {
        expect(parsePath(formatPath(path))).to.deep.equal(path);
      }),
    );
  });
});
