import { expect } from "chai";

import { contains, ignoreChanges, parsePath } from "../../../engine/property/path";
import type { PropertyMap } from "../../../engine/property/value";
import { Secret } from "../../../engine/property/value";

describe("a property path", () => {
  const paths: readonly (readonly [string, readonly (string | number)[]])[] = [
    ["a", ["a"]],
    ["a.b[0].c", ["a", "b", 0, "c"]],
    ['data["app.ini"]', ["data", "app.ini"]],
    ['["a\\"b"].c', ['a"b', "c"]],
    ["rules[*].host", ["rules", "*", "host"]],
  ];
  for (const [text, path] of paths) {
    it(`is read from ${text}`, () => expect(parsePath(text)).to.deep.equal(path));
  }

  it("is refused with an open bracket", () => {
    expect(() => parsePath("a[1")).to.throw("property path 'a[1'");
  });

  it("contains what lies below it", () => {
    expect(contains(parsePath("a[*].b"), parsePath("a[3].b.c"))).to.equal(true);
    expect(contains(parsePath("a.b"), parsePath("a"))).to.equal(false);
  });
});

describe("ignored changes", () => {
  const olds: PropertyMap = {
    a: 1,
    deep: { x: 1, y: 2 },
    list: [{ n: 1 }, { n: 2 }],
    hidden: new Secret({ k: "old" }),
  };
  const cases: readonly (readonly [string, PropertyMap, string, PropertyMap | "invalid"])[] = [
    ["keep the old value", { a: 2 }, "a", { a: 1 }],
    ["bring back what was removed", {}, "a", { a: 1 }],
    ["take away what was added", { b: 1 }, "b", {}],
    ["reach into maps", { deep: { x: 9, y: 9 } }, "deep.x", { deep: { x: 1, y: 9 } }],
    ["reach into lists", { list: [{ n: 8 }, { n: 9 }] }, "list[1].n", { list: [{ n: 8 }, { n: 2 }] }],
    ["take each element for a star", { list: [{ n: 8 }, { n: 9 }] }, "list[*].n", { list: [{ n: 1 }, { n: 2 }] }],
    ["reach into secrets", { hidden: new Secret({ k: "new" }) }, "hidden.k", { hidden: new Secret({ k: "old" }) }],
    ["are told where a parent was removed", {}, "deep.x", "invalid"],
    ["are told where an element was added", { list: [{ n: 1 }, { n: 2 }, { n: 3 }] }, "list[2].n", "invalid"],
  ];
  for (const [name, news, path, expected] of cases) {
    it(name, () => {
      const { inputs, invalid } = ignoreChanges(news, olds, [path]);
      if (expected === "invalid") {
        expect(invalid).to.deep.equal([path]);
        expect(inputs).to.deep.equal(news);
      } else {
        expect(invalid).to.deep.equal([]);
        expect(inputs).to.deep.equal(expected);
      }
    });
  }
});
