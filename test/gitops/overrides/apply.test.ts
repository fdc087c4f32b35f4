import { expect } from "chai";
import { applied } from "../../../gitops/overrides/apply";
import type { JsonOperation } from "../../../fleet/overrides";

const object = { kind: "HelmRelease", spec: { interval: "30m", values: { a: { b: 1, c: [1, 2] } } } };
const merge = (patch: Record<string, unknown>) => applied(object, { type: "merge", merge: patch });
const json = (...operations: JsonOperation[]) => applied(object, { type: "json6902", operations });
const spec = (result: ReturnType<typeof applied>) => ("object" in result ? result.object["spec"] : result.problem);

describe("a strategic merge", () => {
  const cases: readonly (readonly [string, Record<string, unknown>, unknown])[] = [
    [
      "adds to mappings",
      { spec: { values: { a: { d: 2 } } } },
      { interval: "30m", values: { a: { b: 1, c: [1, 2], d: 2 } } },
    ],
    ["replaces lists", { spec: { values: { a: { c: [3] } } } }, { interval: "30m", values: { a: { b: 1, c: [3] } } }],
    ["removes by null", { spec: { values: null } }, { interval: "30m" }],
    ["removes by $patch: delete", { spec: { values: { a: { $patch: "delete" } } } }, { interval: "30m", values: {} }],
    [
      "replaces by $patch: replace",
      { spec: { values: { $patch: "replace", x: 1 } } },
      { interval: "30m", values: { x: 1 } },
    ],
  ];
  for (const [what, patch, expected] of cases) {
    it(what, () => expect(spec(merge(patch))).to.deep.equal(expected));
  }

  it("is refused where kustomize would write the text null", () => {
    expect(spec(merge({ metadata: { labels: { team: null } } }))).to.match(/metadata\.labels\.team/);
  });
});

describe("a JSON patch", () => {
  it("acts in order, and leaves the object that it was given", () => {
    const before = structuredClone(object);
    const result = json(
      { op: "test", path: "/spec/interval", value: "30m" },
      { op: "replace", path: "/spec/interval", value: "10m" },
      { op: "add", path: "/spec/values/a/c/-", value: 3 },
      { op: "remove", path: "/spec/values/a/b" },
    );
    expect(spec(result)).to.deep.equal({ interval: "10m", values: { a: { c: [1, 2, 3] } } });
    expect(object).to.deep.equal(before);
  });

  const refused: readonly (readonly [string, JsonOperation, RegExp])[] = [
    ["a path that is not there", { op: "replace", path: "/spec/missing/x", value: 1 }, /nothing at that path/],
    ["a removal of nothing", { op: "remove", path: "/spec/missing" }, /nothing at that path/],
    ["another value than it expects", { op: "test", path: "/spec/interval", value: "1h" }, /another one/],
    ["a way to every object", { op: "add", path: "/__proto__/polluted", value: 1 }, /no object of Kubernetes/],
    [
      "a copy of a way to every object",
      { op: "copy", from: "/constructor/prototype", path: "/x" },
      /no object of Kubernetes/,
    ],
  ];
  for (const [what, operation, problem] of refused) {
    it(`is refused for ${what}`, () => expect(spec(json(operation))).to.match(problem));
  }
});
