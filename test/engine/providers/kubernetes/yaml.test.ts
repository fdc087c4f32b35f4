import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import type { PropertyMap } from "../../../../engine/property/value";
import { decodeYaml, toYaml } from "../../../../engine/providers/kubernetes/yaml";

describe("toYaml", () => {
  it("writes as sigs.k8s.io/yaml does", () => {
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      data: {
        "app.ini": "STEP = 1\n",
        yes: "no",
        port: "8080",
        empty: "",
        star: "*",
        colon: "a: b",
        no: "null",
        t: "a\tb\n",
      },
      list: [{ b: 1, a: [true, null] }, {}, []],
      metadata: { name: "config", labels: { a10: "x", a9: "y" } },
    };
    expect(toYaml(object)).to.equal(
      [
        "apiVersion: v1",
        "data:",
        "  app.ini: |",
        "    STEP = 1",
        "  colon: 'a: b'",
        '  empty: ""',
        '  "no": "null"',
        '  port: "8080"',
        "  star: '*'",
        '  t: "a\\tb\\n"',
        '  "yes": "no"',
        "kind: ConfigMap",
        "list:",
        "- a:",
        "  - true",
        "  - null",
        "  b: 1",
        "- {}",
        "- []",
        "metadata:",
        "  labels:",
        '    a9: "y"',
        "    a10: x",
        "  name: config",
        "",
      ].join("\n"),
    );
  });

  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "true",
      "1e3",
      "0o17",
      "12:30",
      "2001-01-01",
      "~",
      "---",
      "- a",
      "? a",
      " a",
      "a ",
      "a\nb",
      "a\n\n",
      "<<",
    ),
  );
  // The reader takes the key "<<" for a merge even in quotes, which go-yaml does not.
  const key = text.filter((one) => one !== "<<");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(key, tie("any"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).any;

  it("reads back to the same object, by YAML 1.1 and 1.2", () => {
    fc.assert(
      fc.property(value, (data) => {
        const object = { apiVersion: "v1", data, kind: "K" } as PropertyMap;
        const yaml = toYaml(object);
        for (const version of ["1.1", "1.2"] as const) expect(parse(yaml, { version })).to.deep.equal(object);
      }),
      { numRuns: 500 },
    );
  });
});

describe("decodeYaml", () => {
  it("reads every document with a kind, and puts those without one into the namespace", () => {
    const manifest =
      "kind: A\napiVersion: v1\n---\n# nothing\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: site}\n";
    expect(decodeYaml(manifest, "edge", new Map())).to.deep.equal([
      { kind: "A", apiVersion: "v1", metadata: { namespace: "edge" } },
      { kind: "Namespace", apiVersion: "v1", metadata: { name: "site" } },
    ]);
  });

  it("leaves a namespace that is there, and adds none if none is given", () => {
    const manifest = "kind: Pod\napiVersion: v1\nmetadata: {name: p, namespace: own}\n";
    for (const namespace of ["edge", ""]) {
      expect(decodeYaml(manifest, namespace, new Map())).to.deep.equal([
        { kind: "Pod", apiVersion: "v1", metadata: { name: "p", namespace: "own" } },
      ]);
    }
  });

  it("reads scalars as Kubernetes does: YAML 1.1 without dates and sexagesimal numbers", () => {
    const manifest = "kind: A\napiVersion: v1\nx: {a: yes, b: 12:30, c: 2001-01-01, d: 017, e: 1e3, f: ~}\n";
    expect(decodeYaml(manifest, "", new Map())[0]).to.deep.include({
      x: { a: true, b: "12:30", c: "2001-01-01", d: 15, e: 1000, f: null },
    });
  });

  it("says where the YAML cannot be read", () => {
    expect(() => decodeYaml("kind: [A\n", "", new Map())).to.throw(/EDGE-KUBERNETES-007.*line 2/s);
  });
});
